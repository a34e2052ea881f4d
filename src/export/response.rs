//! Answers: the bytes of an envelope and the status they are sent with.

use std::{borrow::Borrow, fmt};

use crate::{
    batch::Batch,
    code::format::Format,
    engine::Engine,
    error::{Error, Rejection},
    export::{body::parameters, row::CouponRow},
    request::Parameters,
};

/// The answer to a request's body.
///
/// ```
/// # use couponmint::{Campaign, Engine};
/// # let engine = Engine::new();
/// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
/// use couponmint::Response;
///
/// let outcome = engine.answer(r#"{"campaign": "cam_15111"}"#); // here a backend stores the batch
/// let response = Response::from(outcome);
/// assert_eq!(response.http_status(), 200);
/// # Ok::<(), couponmint::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    http_status: u16,
    body: Vec<u8>,
}

impl Response {
    /// 200 if coupons were issued, 422 if the request was refused.
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// assert_eq!(Engine::new().respond("no JSON").http_status(), 422);
    /// ```
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The envelope: one JSON object.
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// let response = Engine::new().respond("no JSON");
    /// assert!(response.body().starts_with(br#"{"status":{"status":"failed","#));
    /// ```
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The answer that a request got before, from the rows that were stored then: the same bytes as for the
    /// batch itself, if the rows are in its order. [`CouponRow::write_json`] writes them without holding them
    /// all in memory.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// # use couponmint::{CouponRow, Response};
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// let stored: Vec<_> = batch.iter().map(CouponRow::from).collect();
    /// assert_eq!(Response::from_rows("cam_15111", &stored), Response::from(&batch));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
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
    ///
    /// ```
    /// use couponmint::Engine;
    ///
    /// let body: Vec<u8> = Engine::new().respond("no JSON").into_body();
    /// assert!(body.ends_with(br#""error_code":[302]}}}"#));
    /// ```
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
    /// ```
    /// # use couponmint::{Campaign, Engine};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let response = engine.respond(r#"{"campaign": "cam_15111", "amount": 250}"#);
    /// assert_eq!(response.http_status(), 200);
    /// let response = engine.respond(r#"{"campaign": "cam_15112"}"#);
    /// assert_eq!(response.http_status(), 422);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
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
    /// ```
    /// use couponmint::{Engine, Response};
    ///
    /// # fn store(_: &couponmint::Batch) -> Result<(), std::io::Error> { Ok(()) }
    /// fn handle(engine: &Engine, body: &[u8]) -> Result<Response, std::io::Error> {
    ///     let batch = match engine.answer(body) {
    ///         Ok(batch) => batch,
    ///         Err(rejection) => return Ok(rejection.into()),
    ///     };
    ///     store(&batch)?; // or release it
    ///     Ok(batch.into())
    /// }
    ///
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(couponmint::Campaign::new("cam_15111")?));
    /// # let response = handle(&engine, br#"{"campaign": "cam_15111"}"#).unwrap();
    /// # assert_eq!(response.http_status(), 200);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the request, as of [`Request::from_json`](crate::Request::from_json). An
    /// unknown campaign (502) is reported along with the rest, and comes first; so is a format that [may not
    /// be asked for](crate::Campaign::formats) (302), in its place. 601, if too few codes, coupons or sequence
    /// ids are left, comes alone.
    ///
    /// # Panics
    /// Only where [`generate`](Engine::generate) does.
    pub fn answer(&self, body: impl AsRef<[u8]>) -> Result<Batch, Rejection> {
        self.issue(parameters(body.as_ref())?)
    }

    /// The same for a form post: issues the coupons that its fields ask for.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// let fields = [("campaign", "cam_15111"), ("amount", "250")]; // form_urlencoded::parse(body), say
    /// assert_eq!(engine.answer_params(fields)?.len(), 250);
    ///
    /// let rejection = engine.answer_params([("campaign", "cam_15112"), ("amount", "0")]).unwrap_err();
    /// assert_eq!(
    ///     rejection.to_string(),
    ///     "502: Campaign ID not found.; 301: amount must be between 1 and 100000 inclusive"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the request, as of [`Request::from_params`](crate::Request::from_params); otherwise
    /// as of [`answer`](Engine::answer).
    ///
    /// # Panics
    /// Only where [`generate`](Engine::generate) does.
    pub fn answer_params<K: AsRef<str>, V: AsRef<str>>(
        &self,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Batch, Rejection> {
        self.issue(Parameters::from_texts(params))
    }

    fn issue(&self, parameters: Parameters<'_>) -> Result<Batch, Rejection> {
        let campaign = parameters.campaign();
        let campaign = campaign.map(|campaign| self.campaign(&campaign));
        let allow = |format: &Format| match &campaign {
            Some(Ok(campaign)) => campaign.rules().format(format).map(drop),
            _ => Ok(()),
        };
        let request = parameters.into_request(allow).map_err(|rejection| {
            let unknown = campaign.and_then(Result::err);
            let errors = unknown.into_iter().chain(rejection.into_errors());
            Rejection::new(errors.collect())
        })?;
        Ok(self.generate(&request)?)
    }
}

impl Rejection {
    /// The failed envelope.
    ///
    /// ```
    /// use couponmint::Request;
    ///
    /// let rejection = Request::from_json("{}").unwrap_err();
    /// assert!(rejection.to_json().ends_with(
    ///     br#""error_message_description":["Missing parameter: campaign"],"error_code":[200]}}}"#
    /// ));
    /// ```
    ///
    /// # Panics
    /// Never: numbers and sentences are always JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("errors are always JSON")
    }
}
