//! Answers: the bytes of an envelope and the status they are sent with.

use std::{borrow::Borrow, fmt};

use crate::{
    batch::Batch,
    engine::Engine,
    error::{Error, Rejection},
    export::{body::parameters, row::CouponRow},
};

/// The answer to a request's body.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    http_status: u16,
    body: Vec<u8>,
}

impl Response {
    /// 200 if coupons were issued, 422 if the request was refused.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The envelope: one JSON object.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The answer that a request got before, from the rows that were stored then: the same bytes as of the
    /// batch itself, if they are in its order. [`CouponRow::write_json`] writes them without holding them
    /// all in memory.
    ///
    /// # Panics
    /// Never: memory takes all bytes.
    #[must_use]
    pub fn from_rows<R: Borrow<CouponRow>>(
        campaign: &str,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let mut body = Vec::new();
        CouponRow::write_json(&mut body, campaign, rows).expect("a vector takes all bytes");
        Self {
            http_status: 200,
            body,
        }
    }

    /// The envelope, to keep.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("http_status", &self.http_status)
            .field("len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl From<&Batch> for Response {
    fn from(batch: &Batch) -> Self {
        Self {
            http_status: 200,
            body: batch.to_json(),
        }
    }
}

impl From<Batch> for Response {
    fn from(batch: Batch) -> Self {
        Self::from(&batch)
    }
}

impl From<&Rejection> for Response {
    fn from(rejection: &Rejection) -> Self {
        Self {
            http_status: 422,
            body: rejection.to_json(),
        }
    }
}

impl From<Rejection> for Response {
    fn from(rejection: Rejection) -> Self {
        Self::from(&rejection)
    }
}

impl From<Error> for Response {
    fn from(error: Error) -> Self {
        Rejection::from(error).into()
    }
}

/// Of either outcome.
impl<B: Into<Response>, R: Into<Response>> From<Result<B, R>> for Response {
    fn from(outcome: Result<B, R>) -> Self {
        outcome.map_or_else(R::into, B::into)
    }
}

impl Engine {
    /// Answers the body of a request, whatever its bytes, with an envelope: the [`Response`] of what
    /// [`answer`](Engine::answer) gives.
    ///
    /// # Panics
    /// Only where [`generate`](Engine::generate) does.
    #[must_use]
    pub fn respond(&self, body: impl AsRef<[u8]>) -> Response {
        self.answer(body).into()
    }

    /// Issues the coupons that the body of a request asks for, whatever its bytes: for a backend that stores
    /// the batch before it answers.
    ///
    /// # Errors
    /// All that is wrong with the request, as of [`Request::from_json`](crate::Request::from_json). An
    /// unknown campaign (502) is reported along with the rest, and comes first. 601, if too few codes or
    /// sequence ids are left, comes alone.
    ///
    /// # Panics
    /// Only where [`generate`](Engine::generate) does.
    pub fn answer(&self, body: impl AsRef<[u8]>) -> Result<Batch, Rejection> {
        let parameters = parameters(body.as_ref())?;
        let campaign = parameters.campaign();
        let is_unknown = campaign.is_some_and(|campaign| !self.has_campaign(&campaign));
        let request = parameters.into_request().map_err(|rejection| {
            let unknown = is_unknown.then_some(Error::CampaignNotFound);
            let errors = unknown.into_iter().chain(rejection.into_errors());
            Rejection::new(errors.collect())
        })?;
        Ok(self.generate(&request)?)
    }
}

impl Rejection {
    /// The failed envelope.
    ///
    /// # Panics
    /// Never: numbers and sentences are always JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("errors are always JSON")
    }
}
