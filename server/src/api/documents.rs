//! Documents: properties, text by page, family. Never gives a document that is not in the index.

use super::blocking;
use super::input::{Params, Segment};
use crate::model::{self, DatedBody};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::zaken::elders::Elders;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use zv_indexer::account::path_base64;
use zv_shared::index::Snapshot;
use zv_shared::{Archief, Document, PartialDate};

/// Een plaats waar een document ligt.
#[derive(Serialize, ToSchema)]
#[schema(as = Plaats)]
pub struct PlaceBody {
    /// Kenmerk van het document op die plaats.
    id: String,
    /// Naam van de bron.
    bron: String,
    /// Pad binnen de bron.
    pad: String,
    /// De bytes van het pad in base64, als de naam geen geldige UTF-8 is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pad_b64: Option<String>,
}

impl PlaceBody {
    fn new(document: &Document) -> Self {
        PlaceBody {
            id: document.id.to_string(),
            bron: document.bron.clone(),
            pad: document.place.to_string(),
            pad_b64: path_base64(&document.place.path),
        }
    }
}

/// Een eigenschap zoals die in het document staat.
#[derive(Serialize, ToSchema)]
#[schema(as = Eigenschap)]
pub struct PropertyBody {
    /// Naam.
    naam: String,
    /// Waarde.
    waarde: String,
}

/// Wat een export uit een documentsysteem over een document zegt.
#[derive(Serialize, ToSchema)]
#[schema(as = Archiefgegevens)]
pub struct ArchiefBody {
    /// De weg erheen door het archief: namen van series en dossiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    dossier: Option<String>,
    /// Wat de export zegt over wie het mag gebruiken.
    beperkingen: Vec<String>,
    /// `B` (blijvend bewaren), `V` (vernietigen), `N` (nader te bepalen), of wat de export anders zegt.
    #[serde(skip_serializing_if = "Option::is_none")]
    waardering: Option<String>,
    /// Tot wanneer het bewaard moet worden: jaar, maand of dag.
    #[serde(skip_serializing_if = "Option::is_none")]
    bewaren_tot: Option<String>,
    /// Of de bewaartermijn voorbij is.
    termijn_verstreken: bool,
    /// Hoe het in het archief heet.
    kenmerken: Vec<String>,
}

impl ArchiefBody {
    fn of(archief: &Archief) -> Option<Self> {
        let today = PartialDate::from_timestamp(Timestamp::now());
        let names = archief.kenmerken.iter().map(|(name, _)| name.clone());
        (!archief.is_empty()).then(|| ArchiefBody {
            dossier: archief.dossier.clone(),
            beperkingen: archief.beperkingen.clone(),
            waardering: archief.waardering.clone(),
            bewaren_tot: archief.bewaren_tot.map(|date| date.to_string()),
            termijn_verstreken: archief.is_past(today),
            kenmerken: names.collect(),
        })
    }
}

/// Een document met al zijn eigenschappen.
#[derive(Serialize, ToSchema)]
#[schema(as = Document)]
pub struct DocumentBody {
    #[serde(flatten)]
    plaats: PlaceBody,
    /// Titel, onderwerp of naam.
    titel: String,
    /// Bestandsformaat, herkend aan de inhoud.
    formaat: String,
    /// Documentsoort.
    soort: String,
    /// Auteurs.
    auteurs: Vec<String>,
    /// Afzenders.
    van: Vec<String>,
    /// Ontvangers.
    aan: Vec<String>,
    /// De datum die het document draagt.
    dagtekening: Option<DatedBody>,
    /// Wanneer verzonden: jaar, maand of dag.
    verzonden: Option<String>,
    /// Wanneer opgemaakt, volgens het document zelf: jaar, maand of dag.
    opgemaakt: Option<DatedBody>,
    /// Wanneer het bestand voor het laatst gewijzigd is: jaar, maand of dag.
    gewijzigd: Option<String>,
    /// Taal (ISO 639-1).
    taal: Option<String>,
    /// Hoeveel ervan gelezen kon worden.
    #[schema(value_type = model::Leesbaarheid)]
    leesbaarheid: &'static str,
    /// Waarom niet alles gelezen kon worden.
    reden: Option<String>,
    /// Sinds wanneer het bestand niet meer in de bron staat (UTC); een zaak houdt het document vast.
    #[schema(value_type = Option<String>, format = DateTime)]
    verdwenen: Option<Timestamp>,
    /// Bij eerdere inhoud, die een zaak vasthoudt: het document dat sindsdien andere inhoud heeft.
    eerdere_inhoud_van: Option<String>,
    /// Wie eraan deelnam: afzenders, ontvangers, auteurs en wie in een chat schreef.
    betrokkenen: Vec<String>,
    /// Van wie het postvak of de persoonlijke map is waar het in ligt, voor zover het pad dat zegt.
    custodian: Option<String>,
    /// Van een chat: de dagen met berichten, op volgorde.
    #[schema(example = json!(["2024-03-15"]))]
    berichtdagen: Vec<String>,
    /// Groep van documenten met dezelfde inhoud: dezelfde bytes, of hetzelfde bericht in een ander postvak.
    zelfde: Option<String>,
    /// Groep van documenten met bijna dezelfde tekst.
    bijna: Option<String>,
    /// Of er een gelijk document is: uniek, dubbel of bijna dubbel.
    #[schema(value_type = model::Dubbel)]
    dubbel: &'static str,
    /// Of het al openbaar is.
    openbaar: Option<model::PublishedBody>,
    /// Wat een export uit een documentsysteem erover zegt.
    archief: Option<ArchiefBody>,
    /// Groep van mails die samen een gesprek zijn.
    draad: Option<String>,
    /// Van een mail: of er iets in staat dat geen latere mail van het gesprek herhaalt.
    inclusief: Option<bool>,
    /// Wat OCR ervan gelezen heeft.
    ocr: Option<model::OcrBody>,
    /// Andere eigenschappen, op volgorde.
    metadata: Vec<PropertyBody>,
    /// Kenmerk van het buitenste document van de familie.
    familie: String,
    /// Kenmerk van het document waar dit in zit.
    ouder: Option<String>,
    /// Onwaar zolang een deel van de familie nog geschreven wordt.
    volledig: bool,
    /// SHA-256 van de bytes.
    sha256: Option<String>,
    /// Grootte in bytes.
    bytes: u64,
    /// Aantal bladzijden in de tekst.
    paginas: u32,
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> Self {
        let dates = document.dates;
        DocumentBody {
            plaats: PlaceBody::new(&document),
            dagtekening: model::dated(&document),
            verzonden: dates.sent.map(|date| date.to_string()),
            opgemaakt: dates.document.map(|dated| DatedBody {
                waarde: dated.date.to_string(),
                herkomst: model::origin_name(dated.origin),
            }),
            gewijzigd: dates.changed.map(|date| date.to_string()),
            ocr: model::ocr(&document),
            zelfde: document.relations.same.map(|key| key.to_string()),
            bijna: document.relations.near.map(|key| key.to_string()),
            dubbel: document.relations.likeness.name(),
            openbaar: document.relations.published.as_ref().map(model::published),
            archief: ArchiefBody::of(&document.archief),
            draad: document.relations.thread.map(|key| key.to_string()),
            inclusief: document.relations.inclusive,
            betrokkenen: document.people,
            custodian: document.custodian,
            berichtdagen: document.days.iter().map(ToString::to_string).collect(),
            titel: document.title,
            formaat: document.format,
            soort: document.kind,
            auteurs: document.authors,
            van: document.from,
            aan: document.to,
            taal: document.language,
            leesbaarheid: document.readability.name(),
            reden: document.reason,
            verdwenen: document.gone,
            eerdere_inhoud_van: document.earlier_of.map(|id| id.to_string()),
            metadata: document
                .metadata
                .into_iter()
                .map(|(naam, waarde)| PropertyBody { naam, waarde })
                .collect(),
            familie: document.family.to_string(),
            ouder: document.parent.map(|parent| parent.to_string()),
            volledig: document.complete,
            sha256: document.content.map(|hash| hash.to_string()),
            bytes: document.size,
            paginas: document.pages,
        }
    }
}

/// Een document en alle plaatsen met dezelfde inhoud.
#[derive(Serialize, ToSchema)]
#[schema(as = DocumentAntwoord)]
pub struct DocumentAnswer {
    #[serde(flatten)]
    document: DocumentBody,
    /// Alle andere plaatsen met precies dezelfde inhoud.
    andere_plaatsen: Vec<PlaceBody>,
    /// Hoe hetzelfde document in andere zaken geschift en beoordeeld is, voor zover u in die zaken mag kijken.
    elders: Vec<Elders>,
}

/// Een bladzijde tekst.
#[derive(Serialize, ToSchema)]
#[schema(as = Tekst)]
pub struct TextBody {
    /// Nummer van de bladzijde, vanaf 1.
    pagina: u32,
    /// Aantal bladzijden; 0 als er geen tekst is.
    paginas: u32,
    /// De tekst.
    tekst: String,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageNumber {
    /// Nummer van de bladzijde.
    #[param(minimum = 1, default = 1)]
    pagina: Option<u32>,
    /// Kenmerk van de zaak waarin gekeken wordt. Zonder accounts mag het weg.
    #[param(max_length = 32)]
    zaak: Option<String>,
}

/// In which case.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InZaak {
    /// Kenmerk van de zaak waarin gekeken wordt. Zonder accounts mag het weg.
    #[param(max_length = 32)]
    pub zaak: Option<String>,
}

/// De familie van een document.
#[derive(Serialize, ToSchema)]
#[schema(as = Familie)]
pub struct FamilyBody {
    /// Alle documenten op volgorde, het buitenste eerst.
    documenten: Vec<DocumentBody>,
}

/// Een document lezen
#[utoipa::path(get, path = "/documenten/{id}", tag = "documenten", operation_id = "leesDocument",
    params(("id" = String, Path, description = "Kenmerk van het document."), InZaak),
    responses((status = 200, description = "Het document.", body = DocumentAnswer)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Params(place): Params<InZaak>,
) -> Result<Json<DocumentAnswer>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, place.zaak.as_deref())?;
        let snapshot = app.snapshot(&zicht)?;
        let document = find(&*snapshot, &id)?;
        app.note_document(&zicht, "document.bekeken", &document)?;
        let same = document
            .content
            .map(|content| snapshot.same_content(content))
            .transpose()?
            .unwrap_or_default();
        let andere_plaatsen = same
            .iter()
            .filter(|other| other.id != document.id)
            .map(PlaceBody::new)
            .collect();
        let elders = app.elders(&zicht, &document)?;
        Ok(Json(DocumentAnswer {
            elders,
            document: document.into(),
            andere_plaatsen,
        }))
    })
    .await
}

/// De tekst van een document lezen
///
/// Geeft een bladzijde. Een document zonder bladzijden heeft er een.
#[utoipa::path(get, path = "/documenten/{id}/tekst", tag = "documenten", operation_id = "leesTekst",
    params(("id" = String, Path, description = "Kenmerk van het document."), PageNumber),
    responses((status = 200, description = "De tekst van een bladzijde.", body = TextBody)))]
pub async fn text(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Params(page): Params<PageNumber>,
) -> Result<Json<TextBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, page.zaak.as_deref())?;
        let snapshot = app.snapshot(&zicht)?;
        let document = find(&*snapshot, &id)?;
        app.note_document(&zicht, "document.bekeken", &document)?;
        let text = snapshot.text(&document)?;
        let number = page.pagina.unwrap_or(1);
        if text.is_empty() && number == 1 {
            return Ok(Json(TextBody {
                pagina: 1,
                paginas: 0,
                tekst: String::new(),
            }));
        }
        let paginas = u32::try_from(text.split('\u{c}').count()).unwrap_or(u32::MAX);
        let index = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1);
        let found = index.and_then(|index| text.split('\u{c}').nth(index));
        let tekst = found
            .ok_or_else(|| Problem::not_found("Deze bladzijde bestaat niet."))?
            .to_owned();
        Ok(Json(TextBody {
            pagina: number,
            paginas,
            tekst,
        }))
    })
    .await
}

/// De familie van een document lezen
///
/// Geeft de mail met haar bijlagen, of de zip met haar inhoud.
#[utoipa::path(get, path = "/documenten/{id}/familie", tag = "documenten", operation_id = "leesFamilie",
    params(("id" = String, Path, description = "Kenmerk van een document uit de familie."), InZaak),
    responses((status = 200, description = "De familie.", body = FamilyBody)))]
pub async fn family(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(id): Segment<String>,
    Params(place): Params<InZaak>,
) -> Result<Json<FamilyBody>, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, place.zaak.as_deref())?;
        let snapshot = app.snapshot(&zicht)?;
        let document = find(&*snapshot, &id)?;
        let documents = snapshot.family(document.family)?;
        Ok(Json(FamilyBody {
            documenten: documents.into_iter().map(DocumentBody::from).collect(),
        }))
    })
    .await
}

/// The document with this id.
pub fn find(snapshot: &dyn Snapshot, id: &str) -> Result<Document, Problem> {
    let missing = || Problem::not_found("Dit document staat niet in de index.");
    let id = id.parse().map_err(|_| missing())?;
    snapshot.doc(id)?.ok_or_else(missing)
}
