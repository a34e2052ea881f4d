//! What a request says: a body that is bounded in size and time, a client, a request for coupons.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, header},
};
use couponmint::{Error, Rejection, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use crate::serve::{Service, failure::Failure};

/// What is read of a body; the longest one that makes sense has some 500 bytes.
const LONGEST: usize = 64 << 10;
/// What is read and thrown away of a longer one, so that the client comes to read its answer.
const IGNORED: usize = 16 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn read(body: Body) -> Result<Vec<u8>, Failure> {
    timeout(PATIENCE, read_bounded(body))
        .await
        .unwrap_or(Err(Failure::TooSlow))
}

async fn read_bounded(mut body: Body) -> Result<Vec<u8>, Failure> {
    let mut read = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        // What is cut off could say something else than the whole.
        let frame = frame.map_err(|_| Failure::CutOff)?;
        let data: Bytes = frame.into_data().unwrap_or_default();
        length += data.len();
        if length > IGNORED {
            break;
        }
        if length <= LONGEST {
            read.extend_from_slice(&data);
        }
    }
    if length > LONGEST {
        Err(Failure::TooLarge)
    } else {
        Ok(read)
    }
}

/// The parameters of a request.
pub(super) enum Parameters<'a> {
    Json { body: &'a [u8], value: Value },
    Form(Vec<(String, String)>),
}

impl<'a> Parameters<'a> {
    pub(super) fn new(headers: &HeaderMap, body: &'a [u8]) -> Result<Self, Failure> {
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or("application/json");
        let (essence, _) = content_type.split_once(';').unwrap_or((content_type, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/json" => {
                // What is no JSON is told by the library, in the contract's words.
                let value = serde_json::from_slice(body).unwrap_or_default();
                Ok(Self::Json { body, value })
            }
            "application/x-www-form-urlencoded" => Ok(Self::Form(
                form_urlencoded::parse(body).into_owned().collect(),
            )),
            _ => Err(Failure::UnknownType),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        match self {
            Self::Json { value, .. } => value.get(name)?.as_str(),
            Self::Form(pairs) => {
                let pair = pairs.iter().find(|(pair_name, _)| pair_name == name);
                pair.map(|(_, value)| value.as_str())
            }
        }
    }

    /// The request, or all that is wrong with it, an unknown campaign first.
    pub(super) fn request(&self, service: &Service) -> Result<Request, Failure> {
        let request = match self {
            Self::Json { body, .. } => Request::from_json(body),
            Self::Form(pairs) => {
                Request::from_params(pairs.iter().map(|(name, value)| (name, value)))
            }
        };
        let mut errors = Vec::new();
        if self
            .get("campaign")
            .is_some_and(|campaign| service.mint.is_unknown(campaign))
        {
            errors.push(Error::CampaignNotFound);
        }
        match request {
            Ok(request) if errors.is_empty() => Ok(request),
            Ok(_) => Err(Failure::Rejected(errors)),
            Err(rejection) => {
                errors.extend_from_slice(Rejection::errors(&rejection));
                Err(Failure::Rejected(errors))
            }
        }
    }
}

impl Service {
    /// Whether the client is who it says: by the headers of the end point's page, or else by its parameters.
    pub(super) fn authorize(
        &self,
        headers: &HeaderMap,
        parameters: Option<&Parameters<'_>>,
    ) -> Result<(), Failure> {
        let header = |name| headers.get(name).map(HeaderValue::as_bytes);
        let parameter = |name| {
            parameters
                .and_then(|given| given.get(name))
                .map(str::as_bytes)
        };
        let id = header("x-client-id")
            .or_else(|| parameter("client_id"))
            .unwrap_or_default();
        let secret = header("x-client-secret")
            .or_else(|| parameter("client_secret"))
            .unwrap_or_default();
        let is_right = id.ct_eq(self.client.0.as_bytes()) & secret.ct_eq(self.client.1.as_bytes());
        if is_right.into() {
            Ok(())
        } else {
            Err(Failure::Unauthorized)
        }
    }
}

/// The name that a client gave its request, so as to try it again.
pub(super) fn request_id(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let id = value.to_str().map_err(|_| Failure::BadRequestId)?.trim();
    let is_valid = (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid
        .then(|| Some(id.to_owned()))
        .ok_or(Failure::BadRequestId)
}
