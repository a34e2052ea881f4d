//! What a request that fails is answered: always the failed envelope of the end point, with a status of HTTP.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use couponmint::Error;
use serde_json::json;

#[derive(Debug)]
pub(crate) enum Failure {
    /// What the contract says about the request.
    Rejected(Vec<Error>),
    /// The id or secret of the client is wrong.
    Unauthorized,
    TooLarge,
    TooSlow,
    CutOff,
    UnknownType,
    BadRequestId,
    OtherRequest,
    OtherFingerprint,
    NoSuchCode,
    Redeemed,
    Voided,
    Expired,
    NoSuchPage,
    WrongMethod,
    /// The database is away or slow, or this machine is busy: trying again helps.
    Unavailable,
    /// It does not.
    Broken,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Rejected(_) | Self::OtherRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::CutOff | Self::BadRequestId => StatusCode::BAD_REQUEST,
            Self::NoSuchCode | Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::Redeemed => StatusCode::CONFLICT,
            Self::Voided | Self::Expired => StatusCode::GONE,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::OtherFingerprint | Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "",
            Self::Unauthorized => "Wrong client_id or client_secret.",
            Self::TooLarge => "The body is longer than 64 KiB.",
            Self::TooSlow => "The body took longer than 10 seconds.",
            Self::CutOff => "The body ended early.",
            Self::UnknownType => {
                "The Content-Type must be application/json or application/x-www-form-urlencoded."
            }
            Self::BadRequestId => "The Idempotency-Key must be 1 to 128 visible ASCII characters.",
            Self::OtherRequest => "The Idempotency-Key was that of another request.",
            Self::OtherFingerprint => {
                "This machine's key, formats or reserved codes are not those of the campaign."
            }
            Self::NoSuchCode => "There is no such code.",
            Self::Redeemed => "The coupon was redeemed before.",
            Self::Voided => "The coupon is voided.",
            Self::Expired => "The coupon has expired.",
            Self::NoSuchPage => "There is no such page.",
            Self::WrongMethod => "This page has another method.",
            Self::Unavailable => "Try again later, with the same Idempotency-Key.",
            Self::Broken => "The request failed, and trying again will not help.",
        }
    }

    /// Numbers and texts, in the order in which they are reported.
    fn errors(&self) -> (Vec<u16>, Vec<String>) {
        match self {
            Self::Rejected(errors) => errors
                .iter()
                .map(|error| (error.code(), error.to_string()))
                .unzip(),
            _ => (vec![self.status().as_u16()], vec![self.text().to_owned()]),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let (codes, texts) = self.errors();
        let message = match status {
            StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable entity",
            _ => status.canonical_reason().unwrap_or("Failed"),
        };
        let body = json!({"status": {"status": "failed", "errors": {
            "error_message": format!("HTTP/1.0 {} {message}.", status.as_u16()),
            "error_message_description": texts,
            "error_code": codes,
        }}});
        let json = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (status, json, body.to_string()).into_response();
        if matches!(self, Self::Unavailable) {
            let second = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, second);
        }
        response
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rejected(vec![error])
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        // What it prints names tables and constraints, never codes.
        eprintln!("fleet: database: {error}");
        let is_unique = |error: &dyn sqlx::error::DatabaseError| error.is_unique_violation();
        match &error {
            sqlx::Error::Database(error) if is_unique(&**error) => Self::Broken,
            sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => Self::Broken,
            _ => Self::Unavailable,
        }
    }
}
