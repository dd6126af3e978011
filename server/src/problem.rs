//! What can go wrong in an answer over HTTP, in words that a user understands (RFC 9457). Owns the list of
//! stable `type`s. Never shows a technical message, a path outside the sources or a stack trace.

use crate::schijf::Kwaal;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::error::Error;
use std::time::Duration;
use utoipa::ToSchema;
use zv_shared::ParseError;
use zv_shared::index::IndexError;

/// The kinds of problems. Their names are part of the API and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The question is not well-formed; `positie` says where.
    VraagOnjuist,
    /// A word of the question stands for too many words.
    VraagTeBreed,
    /// Another part of the request is not well-formed.
    VerzoekOnjuist,
    /// Sent from another site.
    AndereHerkomst,
    /// Nobody is logged in, and here that is needed.
    NietIngelogd,
    /// Name or password is wrong.
    OnjuisteInlog,
    /// Somebody who logs in with a password must set up a second step first.
    TweedeStapNodig,
    /// Too many requests or attempts.
    TeVaak,
    /// The organisation did not let somebody in.
    InlogGeweigerd,
    /// The organisation cannot be asked who somebody is.
    AanbiederStil,
    /// Who asks has no right to it.
    GeenMachtiging,
    /// A rule forbids it.
    MagNiet,
    /// Somebody else changed the same thing in the meantime.
    IntussenGewijzigd,
    /// Nothing with this address or id.
    NietGevonden,
    /// The address does not know this method.
    MethodeOnbekend,
    /// The request did not come in or was not answered in time.
    TeLangzaam,
    /// The index moved on; the cursor is of an older state.
    StandVerlopen,
    /// The request is too big.
    TeGroot,
    /// Sent to another host name than ours.
    AndereHost,
    /// There is no index yet.
    GeenIndex,
    /// The index is of another generation.
    AndereGeneratie,
    /// This program was built without it.
    NietIngebouwd,
    /// The index is on a cluster that does not answer, or not with all of it.
    IndexWeg,
    /// No room is left on the disk of the server.
    SchijfVol,
    /// Nothing can be written to the disk of the server.
    SchijfDicht,
    /// Our own fault.
    Storing,
}

impl Kind {
    /// The name that its `type` ends with.
    pub fn name(self) -> &'static str {
        self.parts().0
    }

    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Kind::VraagOnjuist => (
                "vraag-onjuist",
                StatusCode::BAD_REQUEST,
                "De vraag klopt niet",
            ),
            Kind::VraagTeBreed => (
                "vraag-te-breed",
                StatusCode::BAD_REQUEST,
                "De vraag is te breed",
            ),
            Kind::VerzoekOnjuist => (
                "verzoek-onjuist",
                StatusCode::BAD_REQUEST,
                "Het verzoek klopt niet",
            ),
            Kind::AndereHerkomst => (
                "andere-herkomst",
                StatusCode::FORBIDDEN,
                "Het verzoek komt van een andere website",
            ),
            Kind::NietIngelogd => (
                "niet-ingelogd",
                StatusCode::UNAUTHORIZED,
                "U bent niet ingelogd",
            ),
            Kind::OnjuisteInlog => (
                "onjuiste-inlog",
                StatusCode::UNAUTHORIZED,
                "Naam of wachtwoord klopt niet",
            ),
            Kind::TweedeStapNodig => (
                "tweede-stap-nodig",
                StatusCode::FORBIDDEN,
                "De tweede stap ontbreekt",
            ),
            Kind::TeVaak => (
                "te-vaak",
                StatusCode::TOO_MANY_REQUESTS,
                "Te veel verzoeken",
            ),
            Kind::InlogGeweigerd => (
                "inlog-geweigerd",
                StatusCode::FORBIDDEN,
                "Inloggen is niet gelukt",
            ),
            Kind::AanbiederStil => (
                "aanbieder-stil",
                StatusCode::SERVICE_UNAVAILABLE,
                "Inloggen via de organisatie kan nu niet",
            ),
            Kind::GeenMachtiging => (
                "geen-machtiging",
                StatusCode::FORBIDDEN,
                "U heeft hier geen recht op",
            ),
            Kind::MagNiet => ("mag-niet", StatusCode::UNPROCESSABLE_ENTITY, "Dit kan niet"),
            Kind::IntussenGewijzigd => (
                "intussen-gewijzigd",
                StatusCode::CONFLICT,
                "Iemand anders was u voor",
            ),
            Kind::NietGevonden => ("niet-gevonden", StatusCode::NOT_FOUND, "Niet gevonden"),
            Kind::MethodeOnbekend => (
                "methode-onbekend",
                StatusCode::METHOD_NOT_ALLOWED,
                "Deze methode kan hier niet",
            ),
            Kind::TeLangzaam => (
                "te-langzaam",
                StatusCode::REQUEST_TIMEOUT,
                "Het duurde te lang",
            ),
            Kind::StandVerlopen => (
                "stand-verlopen",
                StatusCode::CONFLICT,
                "De index is intussen bijgewerkt",
            ),
            Kind::TeGroot => (
                "te-groot",
                StatusCode::PAYLOAD_TOO_LARGE,
                "Het verzoek is te groot",
            ),
            Kind::AndereHost => (
                "andere-host",
                StatusCode::MISDIRECTED_REQUEST,
                "Onbekende hostnaam",
            ),
            Kind::GeenIndex => (
                "geen-index",
                StatusCode::SERVICE_UNAVAILABLE,
                "Er is nog niets geïndexeerd",
            ),
            Kind::AndereGeneratie => (
                "andere-generatie",
                StatusCode::SERVICE_UNAVAILABLE,
                "De index is van een andere versie",
            ),
            Kind::NietIngebouwd => (
                "niet-ingebouwd",
                StatusCode::NOT_IMPLEMENTED,
                "Dit programma kan dit niet",
            ),
            Kind::IndexWeg => (
                "index-niet-bereikbaar",
                StatusCode::SERVICE_UNAVAILABLE,
                "De index antwoordt niet",
            ),
            Kind::SchijfVol => (
                "schijf-vol",
                StatusCode::INSUFFICIENT_STORAGE,
                "De schijf is vol",
            ),
            Kind::SchijfDicht => (
                "schijf-dicht",
                StatusCode::SERVICE_UNAVAILABLE,
                "De schijf is niet te beschrijven",
            ),
            Kind::Storing => (
                "storing",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Er ging iets mis",
            ),
        }
    }
}

/// One problem, ready to be shown.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// A Dutch sentence about this case.
    pub detail: String,
    /// Position in the question, in code points from 0.
    pub positie: Option<usize>,
    /// Seconds after which it may be tried again.
    pub wacht: Option<u64>,
}

/// A problem as the API gives it (RFC 9457, `application/problem+json`).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Probleem)]
pub struct ProblemBody {
    /// Vaste naam van de soort fout.
    #[serde(rename = "type")]
    #[schema(example = "urn:zoekenvind:probleem:vraag-onjuist")]
    kind: String,
    /// HTTP-status.
    #[schema(example = 400, minimum = 400, maximum = 599)]
    status: u16,
    /// De soort fout in enkele woorden.
    #[schema(example = "De vraag klopt niet")]
    title: String,
    /// Wat er in dit geval mis is.
    detail: String,
    /// Plaats in de vraag, geteld in tekens vanaf 0; alleen bij een fout in de vraag.
    #[serde(skip_serializing_if = "Option::is_none")]
    positie: Option<usize>,
}

impl Problem {
    /// A problem of `kind`, with a Dutch sentence about this case.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem {
            kind,
            detail: detail.into(),
            positie: None,
            wacht: None,
        }
    }

    /// It may be tried again after so long.
    pub fn too_often(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
        let unit = if seconds == 1 { "seconde" } else { "seconden" };
        Problem {
            wacht: Some(seconds),
            ..Self::new(
                Kind::TeVaak,
                format!("Probeer het over {seconds} {unit} opnieuw."),
            )
        }
    }

    /// Nothing here.
    pub fn not_found(detail: &str) -> Self {
        Self::new(Kind::NietGevonden, detail)
    }

    /// The request is as described, and yet a rule of the domain does not allow it.
    pub fn refused(detail: impl Into<String>) -> Self {
        Self::new(Kind::MagNiet, detail)
    }

    /// The request is not as described, in another way than its question.
    pub fn request(detail: impl Into<String>) -> Self {
        Self::new(Kind::VerzoekOnjuist, detail)
    }

    /// Our own fault, or that of the disk: the cause goes to the log, the user gets a plain sentence.
    pub fn fault(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        tracing::error!(%cause, "request failed");
        if let Some(trouble) = Kwaal::of(&*cause) {
            return Self::new(trouble.kind(), trouble.sentence());
        }
        Self::new(
            Kind::Storing,
            "Het programma kon dit verzoek niet afmaken. Probeer het nog eens.",
        )
    }

    /// For an answer that some layer gave with a bare status.
    pub fn from_status(status: StatusCode) -> Self {
        let (kind, detail) = match status {
            StatusCode::NOT_FOUND => (Kind::NietGevonden, "Dit adres bestaat niet."),
            StatusCode::METHOD_NOT_ALLOWED => {
                (Kind::MethodeOnbekend, "Dit adres kent deze methode niet.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                (Kind::TeGroot, "Een verzoek mag hoogstens 1 MB groot zijn.")
            }
            StatusCode::REQUEST_TIMEOUT => (Kind::TeLangzaam, "Het antwoord kwam niet op tijd."),
            status if status.is_client_error() => (
                Kind::VerzoekOnjuist,
                "Het programma begrijpt dit verzoek niet.",
            ),
            _ => (
                Kind::Storing,
                "Het programma kon dit verzoek niet afmaken. Probeer het nog eens.",
            ),
        };
        Self::new(kind, detail)
    }

    /// A page that shows it among other things: whoever looks at answers finds it there.
    pub fn beside(self, mut page: Response) -> Response {
        page.extensions_mut().insert(self);
        page
    }

    /// Adds to an answer how long to wait.
    pub fn told(&self, answer: &mut Response) {
        if let Some(seconds) = self.wacht {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
    }

    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        self.kind.parts().1
    }

    /// The kind in a few words.
    pub fn title(&self) -> &'static str {
        self.kind.parts().2
    }

    fn body(&self) -> ProblemBody {
        let (name, status, title) = self.kind.parts();
        ProblemBody {
            kind: format!("urn:zoekenvind:probleem:{name}"),
            status: status.as_u16(),
            title: title.to_owned(),
            detail: self.detail.clone(),
            positie: self.positie,
        }
    }
}

impl From<ParseError> for Problem {
    fn from(error: ParseError) -> Self {
        Problem {
            kind: Kind::VraagOnjuist,
            detail: error.melding,
            positie: Some(error.positie),
            wacht: None,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Refused(_) => Kind::MagNiet,
            StoreError::Conflict(_) => Kind::IntussenGewijzigd,
            StoreError::Missing(_) => Kind::NietGevonden,
            StoreError::Sqlite(_)
            | StoreError::Trail(_)
            | StoreError::Damaged(_)
            | StoreError::Newer
            | StoreError::Io(_) => {
                return Problem::fault(error);
            }
        };
        Problem::new(kind, sentence(&error.to_string()))
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        let kind = match &error {
            IndexError::OtherGeneration => Kind::AndereGeneratie,
            IndexError::Missing => Kind::GeenIndex,
            IndexError::SnapshotGone => Kind::StandVerlopen,
            IndexError::BadCursor => Kind::VerzoekOnjuist,
            IndexError::TooWide(_) | IndexError::NotExactly(_) => Kind::VraagTeBreed,
            IndexError::TextLost => {
                tracing::error!("stored text is missing or damaged");
                Kind::Storing
            }
            IndexError::Unavailable(why) => {
                tracing::error!(why, "the index does not answer");
                Kind::IndexWeg
            }
            _ => return Problem::fault(error),
        };
        Problem::new(kind, sentence(&error.to_string()))
    }
}

/// Messages inside the program start in lower case; on screen they are sentences.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.body())).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        self.told(&mut response);
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_error_tells_where_it_is() {
        let error = ParseError {
            positie: 4,
            melding: "Hier hoort een woord.".into(),
        };
        let body = serde_json::to_value(Problem::from(error).body()).expect("json");
        assert_eq!(body["status"], 400);
        assert_eq!(body["positie"], 4);
        assert_eq!(body["detail"], "Hier hoort een woord.");
        assert_eq!(body["type"], "urn:zoekenvind:probleem:vraag-onjuist");
    }

    #[test]
    fn technical_causes_stay_out_of_sight() {
        let problem = Problem::from(IndexError::Engine("segment 12 corrupt at /var/x".into()));
        assert!(!problem.detail.contains("segment"));
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            Problem::from(IndexError::Missing).detail.chars().next(),
            Some('E')
        );
    }
}
