//! The audit trail: reading it page by page, and taking it out as a file. A text to look for comes in the body of a
//! request, never in an address. Who sees what of it is decided in `spoor`.

use super::blocking;
use super::download::{Klaar, made};
use super::input::{Body, Params, page_size};
use crate::audit::Outcome;
use crate::mensen::{Actor, Rol};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::store::spoor::{Bladzijde, Filter, Regel};
use crate::toegang::Vrager;
use crate::uitvoer::bestand::{Bestand, disk, unnamed, work_folder};
use crate::uitvoer::spoor::{SpoorFout, Vorm, csv, jsonl};
use crate::uitvoer::verzameling::Weg;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use utoipa::{IntoParams, ToSchema};
use zv_shared::date::amsterdam;

/// Records per page, unless asked otherwise.
const DEFAULT_COUNT: usize = 100;
/// Most records per page.
const MAX_COUNT: usize = 500;

/// Welke regels. Alle voorwaarden gelden samen; zonder voorwaarden zijn het alle regels.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AuditFilter)]
pub struct Wanted {
    /// Kenmerk van de zaak.
    #[schema(max_length = 32)]
    pub zaak: Option<String>,
    /// Kenmerk van wie het deed.
    #[schema(max_length = 32)]
    pub account: Option<String>,
    /// Wat er gedaan is. Zonder punt telt alles wat zo begint: `zoekactie` is alles met zoekacties.
    #[schema(max_length = 100)]
    pub actie: Option<String>,
    /// Of het lukte.
    pub resultaat: Option<Outcome>,
    /// De eerste dag, in Nederlandse tijd.
    #[schema(value_type = Option<String>, format = Date)]
    pub van: Option<Date>,
    /// De laatste dag.
    #[schema(value_type = Option<String>, format = Date)]
    pub tot: Option<Date>,
    /// Tekst die in de regel staat, in wat u ervan mag zien.
    #[schema(max_length = 200)]
    pub tekst: Option<String>,
}

impl Wanted {
    /// The filter, when its fields are not longer than described.
    pub fn filter(self) -> Result<Filter, Problem> {
        let fields = [
            (&self.zaak, "zaak", 32),
            (&self.account, "account", 32),
            (&self.actie, "actie", 100),
            (&self.tekst, "tekst", 200),
        ];
        for (field, name, longest) in fields {
            let long = field
                .as_ref()
                .is_some_and(|text| text.chars().nth(longest).is_some());
            if long {
                let detail = format!("'{name}' heeft hoogstens {longest} tekens.");
                return Err(Problem::request(detail));
            }
        }
        let set = |field: Option<String>| field.filter(|text| !text.is_empty());
        Ok(Filter {
            zaak: set(self.zaak),
            account: set(self.account),
            actie: set(self.actie),
            resultaat: self.resultaat,
            van: self.van,
            tot: self.tot,
            tekst: set(self.tekst),
        })
    }
}

/// Which page, with conditions that hold no personal data.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Kenmerk van de zaak.
    #[param(max_length = 32)]
    zaak: Option<String>,
    /// Wat er gedaan is. Zonder punt telt alles wat zo begint.
    #[param(max_length = 100)]
    actie: Option<String>,
    /// Of het lukte.
    resultaat: Option<Outcome>,
    /// De eerste dag, in Nederlandse tijd.
    #[param(value_type = Option<String>, format = Date)]
    van: Option<Date>,
    /// De laatste dag.
    #[param(value_type = Option<String>, format = Date)]
    tot: Option<Date>,
    /// Waar het vorige deel ophield.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// Aantal regels.
    #[param(minimum = 1, maximum = 500, default = 100)]
    aantal: Option<usize>,
}

/// Een vraag aan het auditspoor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditVraag)]
pub struct Question {
    /// Welke regels.
    #[serde(default)]
    filter: Wanted,
    /// Waar het vorige deel ophield.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// Aantal regels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500, default = 100)]
    aantal: Option<usize>,
}

/// Een deel van het auditspoor.
#[derive(Serialize, ToSchema)]
#[schema(as = Auditregels)]
pub struct LinesBody {
    /// De nieuwste eerst.
    auditregels: Vec<Regel>,
    /// Cursor voor het volgende deel; ontbreekt als er niets meer is. Het zoeken stopt na een seconde: dan zijn er
    /// minder regels dan gevraagd, of geen, en gaat het met deze cursor verder.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

impl From<Bladzijde> for LinesBody {
    fn from(page: Bladzijde) -> Self {
        LinesBody {
            auditregels: page.regels,
            volgende: page.verder.map(|number| number.to_string()),
        }
    }
}

/// Where a page begins.
pub fn cursor(text: Option<&str>) -> Result<Option<u64>, Problem> {
    let number = |text: &str| {
        let sound = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = sound.then(|| text.parse().ok()).flatten();
        number.ok_or_else(|| Problem::request("De cursor klopt niet."))
    };
    text.map(number).transpose()
}

/// Het auditspoor lezen
///
/// Een auditor leest alles. Wie aan een zaak werkt, noemt die zaak en leest wat daarin gedaan is. Een beheerder ziet
/// wie wanneer wat deed, zonder zoekvragen en inhoud. Ook het lezen wordt vastgelegd.
#[utoipa::path(get, path = "/auditregels", tag = "audit", operation_id = "leesAuditregels", params(ListParams),
    responses((status = 200, description = "De regels.", body = LinesBody),
        (status = 404, description = "Deze zaak bestaat niet.", body = ProblemBody,
            content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Params(asked): Params<ListParams>,
) -> Result<Json<LinesBody>, Problem> {
    let filter = Wanted {
        zaak: asked.zaak,
        actie: asked.actie,
        resultaat: asked.resultaat,
        van: asked.van,
        tot: asked.tot,
        ..Wanted::default()
    };
    read(app, actor, filter, asked.cursor, asked.aantal).await
}

/// Zoeken in het auditspoor
///
/// Als het lezen, maar ook op account en op tekst. Die staan zo niet in een adres.
#[utoipa::path(post, path = "/auditregels/_zoek", tag = "audit", operation_id = "zoekAuditregels",
    request_body = Question, responses((status = 200, description = "De regels.", body = LinesBody)))]
pub async fn search(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(asked): Body<Question>,
) -> Result<Json<LinesBody>, Problem> {
    read(app, actor, asked.filter, asked.cursor, asked.aantal).await
}

async fn read(
    app: Arc<App>,
    actor: Actor,
    filter: Wanted,
    place: Option<String>,
    asked: Option<usize>,
) -> Result<Json<LinesBody>, Problem> {
    let (filter, before, count) = (
        filter.filter()?,
        cursor(place.as_deref())?,
        page_size(asked, DEFAULT_COUNT, MAX_COUNT)?,
    );
    blocking(move || Ok(Json(app.read_trail(&actor, &filter, before, count)?.into()))).await
}

/// Een uitvoer van het auditspoor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditUitvoer)]
pub struct Export {
    /// Welke regels. Laat dit weg bij `jsonl`: dat is altijd het hele spoor.
    #[serde(default)]
    filter: Wanted,
    /// Wat voor bestand.
    #[serde(default)]
    vorm: Vorm,
}

/// Het auditspoor ophalen
///
/// Geeft een bestand met de oudste regel eerst. `csv` is een tabel van wat u mag lezen. `jsonl` is het hele spoor met
/// alle hashes, alleen voor de auditor; `zoekenvind audit controleer --uitvoer` rekent het na.
#[utoipa::path(post, path = "/auditregels/_uitvoer", tag = "audit", operation_id = "voerAuditregelsUit",
    request_body = Export,
    responses((status = 200, description = "Het bestand.", content_type = "*/*",
            headers(("Content-Disposition" = String, description = "Een bijlage met een naam."),
                ("Uitvoer-Id" = String, description = "Kenmerk van deze uitvoer in het auditspoor."),
                ("Uitvoer-Sha256" = String, description = "SHA-256 van het bestand."),
                ("Uitvoer-Aantal" = u64, description = "Aantal regels."),
                ("Uitvoer-Hoofd" = String, description = "Het hoofd van het auditspoor tot waar het bestand gaat.")))))]
pub async fn export(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(wanted): Body<Export>,
) -> Result<Response, Problem> {
    let filter = wanted.filter.filter()?;
    made(move |weg| make(&app, &actor, &filter, wanted.vorm, &weg)).await
}

/// Makes the file, for who may read what stands in it.
pub fn make(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    vorm: Vorm,
    weg: &Weg,
) -> Result<Klaar, Problem> {
    let goes_on = || !weg.load(Ordering::Relaxed);
    let werkmap = work_folder(&app.folder);
    let file = unnamed(&werkmap)?;
    let (aantal, hoofd) = match vorm {
        Vorm::Csv => {
            let blik = app.blik(actor, filter.zaak.as_deref())?;
            csv(&app.store, (filter, blik), &file, &werkmap, &goes_on)?
        }
        Vorm::Jsonl => {
            app.must_be(actor, &[Rol::Auditor])?;
            if *filter != Filter::default() {
                let detail = "Een bestand dat na te rekenen is, is altijd het hele spoor: laat het filter weg.";
                return Err(Problem::refused(detail));
            }
            jsonl(&app.store, &file, &goes_on)?
        }
    };
    let bestand = Bestand::af(file)?;
    let uitvoer = app
        .store
        .record_trail_export(actor, vorm, &bestand.sha256, aantal, &hoofd)?;
    let now = Timestamp::now().to_zoned(amsterdam());
    Ok(Klaar {
        naam: format!(
            "auditspoor-{}.{}",
            now.strftime("%Y-%m-%d-%H%M"),
            vorm.extensie()
        ),
        mediatype: vorm.mediatype(),
        waarschuwing: None,
        bestand,
        uitvoer,
    })
}

impl From<SpoorFout> for Problem {
    fn from(error: SpoorFout) -> Self {
        match error {
            SpoorFout::Spoor(crate::store::StoreError::Io(error)) => disk(&error),
            SpoorFout::Spoor(error) => error.into(),
            SpoorFout::Bestand(error) => error.into(),
        }
    }
}
