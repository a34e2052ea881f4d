//! One code: looked up, and redeemed once.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

use crate::{
    serve::{Service, Shared, body::request_id, failure::Failure, metrics::Count},
    setup::hex,
    store::{self, Stored},
};

type Code = Path<(String, String)>;

pub(super) async fn look_up(
    State(service): Shared,
    Path((campaign, code)): Code,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    service.authorize(&headers, None)?;
    service.metrics.add(Count::LookedUp, 1);
    let found = service.find(&campaign, &code).await?;
    Ok(answer(&campaign, found))
}

/// Tried again with the same `Idempotency-Key`, it says again that it is redeemed.
pub(super) async fn redeem(
    State(service): Shared,
    Path((campaign, code)): Code,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    service.authorize(&headers, None)?;
    let by = request_id(&headers)?.unwrap_or_else(|| hex(&rand::random::<[u8; 16]>()));
    if !service.mint.spells(&campaign, &code) {
        return Err(Failure::NoSuchCode);
    }
    if let Some(redeemed) = store::redeem(&service.pool, &campaign, &code, &by).await? {
        service.metrics.add(Count::Redeemed, 1);
        return Ok(answer(&campaign, redeemed));
    }
    let found = service.find(&campaign, &code).await?;
    match &found {
        Stored {
            redeemed_by: Some(first),
            ..
        } if *first == by => Ok(answer(&campaign, found)),
        Stored {
            redeemed_by: Some(_),
            ..
        } => Err(Failure::Redeemed),
        Stored { status, .. } if status == "voided" => Err(Failure::Voided),
        Stored {
            is_expired: true, ..
        } => Err(Failure::Expired),
        // It was stored between the two statements.
        _ => Err(Failure::Unavailable),
    }
}

impl Service {
    async fn find(&self, campaign: &str, code: &str) -> Result<Stored, Failure> {
        if !self.mint.spells(campaign, code) {
            return Err(Failure::NoSuchCode);
        }
        let found = store::look_up(&self.pool, campaign, code).await?;
        found.ok_or(Failure::NoSuchCode)
    }
}

fn answer(campaign: &str, coupon: Stored) -> Response {
    let voided = if coupon.status == "voided" { "1" } else { "0" };
    let mut fields = Map::new();
    fields.insert("campaign".to_owned(), campaign.into());
    fields.insert("sequence_id".to_owned(), coupon.sequence_id.into());
    fields.insert("single_use_code".to_owned(), coupon.single_use_code.into());
    fields.insert("create_date".to_owned(), coupon.create_date.into());
    fields.insert("voided".to_owned(), voided.into());
    fields.insert(
        "redeemed".to_owned(),
        coupon.redeemed.map_or(Value::Null, Value::from),
    );
    if let Some(code) = coupon.custom_validation_code {
        fields.insert("custom_validation_code".to_owned(), code.into());
    }
    if let Some(date) = coupon.expirydate {
        fields.insert("expirydate".to_owned(), date.into());
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, Value::Object(fields).to_string()).into_response()
}
