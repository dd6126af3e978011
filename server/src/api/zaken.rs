//! Zaken: opening, reading, closing, who takes part, the legal clock. Owns the requests; the rules are in `zaken`.

use super::blocking;
use super::input::{Body, Segment};
use super::overname::LeftBody;
use crate::mensen::{Actor, Rol};
use crate::problem::{Problem, ProblemBody};
use crate::state::App;
use crate::store::Store;
use crate::toegang::Vrager;
use crate::zaken::termijn::{self, Stand, Stap};
use crate::zaken::{Intake, Soort, Zaak};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Zaak)]
pub struct ZaakBody {
    /// Kenmerk.
    id: String,
    /// Zaaknummer van de organisatie.
    nummer: String,
    /// Wat voor zaak het is.
    soort: Soort,
    /// Waar het over gaat, in een regel.
    titel: String,
    /// De letterlijke tekst van het verzoek; leeg voor wie alleen machtigt.
    verzoek: String,
    /// Van wie het verzoek komt; leeg voor wie alleen machtigt.
    verzoeker: String,
    /// De dag van ontvangst.
    #[schema(value_type = String, format = Date)]
    ontvangen: Date,
    /// De hoeveelste versie: 1, en na elke heropening een meer. Zie `versies`.
    versie: u32,
    /// De dag van het besluit; die bepaalt of de Woo of de Wob geldt.
    #[schema(value_type = Option<String>, format = Date)]
    besluit_op: Option<Date>,
    /// Wanneer de zaak geopend is (UTC).
    #[schema(value_type = String, format = DateTime)]
    gemaakt: Timestamp,
    /// Wanneer de zaak gesloten is (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    gesloten: Option<Timestamp>,
    /// De wettelijke termijn.
    termijn: TermijnBody,
    /// Wie eraan werkt.
    leden: Vec<PersoonBody>,
}

/// Iemand met een account.
#[derive(Serialize, ToSchema)]
#[schema(as = Persoon)]
pub struct PersoonBody {
    /// Kenmerk van het account.
    id: String,
    /// Naam.
    naam: String,
    /// Wat diegene doet.
    rollen: Vec<Rol>,
}

/// De wettelijke termijn van een zaak.
#[derive(Serialize, ToSchema)]
#[schema(as = Termijn)]
pub struct TermijnBody {
    /// De laatste dag om te besluiten; leeg als er geen termijn is of als hij stilstaat.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Option<Date>,
    /// Sinds wanneer hij stilstaat.
    #[schema(value_type = Option<String>, format = Date)]
    stil_sinds: Option<Date>,
    /// Wat hem verlengd of stilgezet heeft; leeg voor wie alleen machtigt.
    stappen: Vec<Stap>,
}

impl TermijnBody {
    fn of(store: &Store, zaak: &Zaak) -> Result<Self, Problem> {
        let stappen = store.termijn(&zaak.id)?;
        let (tot, stil_sinds) =
            match termijn::stand(zaak.intake.soort, zaak.intake.ontvangen, &stappen) {
                Stand::Geen => (None, None),
                Stand::Tot(day) => (Some(day), None),
                Stand::Stil(day) => (None, Some(day)),
            };
        Ok(TermijnBody {
            tot,
            stil_sinds,
            stappen,
        })
    }
}

/// Alle zaken die u ziet.
#[derive(Serialize, ToSchema)]
#[schema(as = Zaken)]
pub struct ZakenBody {
    /// De nieuwste eerst.
    zaken: Vec<ZaakBody>,
    /// Zaken waaraan niemand werkt die kan inloggen; alleen voor een regisseur, die ze kan overnemen.
    over_te_nemen: Vec<LeftBody>,
}

impl ZaakBody {
    /// What `actor` may know of it: who only grants decides by its number, title, members and sources.
    fn of(app: &App, actor: &Actor, mut zaak: Zaak) -> Result<Self, Problem> {
        let store = &app.store;
        let mut termijn = TermijnBody::of(store, &zaak)?;
        if !app.sees_inside(actor, &zaak)? {
            zaak.intake.verzoek.clear();
            zaak.intake.verzoeker.clear();
            termijn.stappen.clear();
        }
        let person = |id: String| {
            let account = store.account(&id)?;
            Ok(account.map(|account| PersoonBody {
                id,
                naam: account.naam,
                rollen: account.rollen.into_iter().collect(),
            }))
        };
        let leden = store.members(&zaak.id)?.into_iter();
        let leden = leden.filter_map(|id| person(id).transpose());
        let mut leden = leden.collect::<Result<Vec<_>, Problem>>()?;
        leden.sort_by(|a, b| (&a.naam, &a.id).cmp(&(&b.naam, &b.id)));
        Ok(ZaakBody {
            termijn,
            leden,
            nummer: zaak.intake.nummer,
            soort: zaak.intake.soort,
            titel: zaak.intake.titel,
            verzoek: zaak.intake.verzoek,
            verzoeker: zaak.intake.verzoeker,
            ontvangen: zaak.intake.ontvangen,
            versie: store.zaakversie(&zaak.id)?,
            id: zaak.id,
            besluit_op: zaak.besluit_op,
            gemaakt: zaak.gemaakt,
            gesloten: zaak.gesloten,
        })
    }
}

/// De zaken lezen
///
/// Geeft de zaken waaraan u werkt; wie machtigt of controleert, ziet ze alle.
#[utoipa::path(get, path = "/zaken", tag = "zaken", operation_id = "leesZaken",
    responses((status = 200, description = "De zaken.", body = ZakenBody)))]
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Json<ZakenBody>, Problem> {
    blocking(move || {
        let zaken = app.store.zaken_of(&actor)?.into_iter();
        let left = app.store.zaken_left(&actor)?.into_iter();
        let zaken = zaken.map(|zaak| ZaakBody::of(&app, &actor, zaak));
        Ok(Json(ZakenBody {
            zaken: zaken.collect::<Result<_, _>>()?,
            over_te_nemen: left.map(LeftBody::from).collect(),
        }))
    })
    .await
}

/// Een zaak openen
#[utoipa::path(post, path = "/zaken", tag = "zaken", operation_id = "openZaak", request_body = Intake,
    responses((status = 201, description = "De zaak is geopend.", body = ZaakBody),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Body(intake): Body<Intake>,
) -> Result<(StatusCode, Json<ZaakBody>), Problem> {
    blocking(move || {
        let zaak = app.store.open_zaak(&actor, &intake)?;
        Ok((StatusCode::CREATED, Json(ZaakBody::of(&app, &actor, zaak)?)))
    })
    .await
}

/// Een zaak lezen
#[utoipa::path(get, path = "/zaken/{zaak}", tag = "zaken", operation_id = "leesZaak",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 200, description = "De zaak.", body = ZaakBody)))]
pub async fn read(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<Json<ZaakBody>, Problem> {
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        Ok(Json(ZaakBody::of(&app, &actor, zaak)?))
    })
    .await
}

/// Wie er bij een zaak komt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuwLid)]
pub struct Member {
    /// Kenmerk van het account.
    #[schema(max_length = 32)]
    account: String,
}

/// Iemand aan een zaak laten werken
#[utoipa::path(post, path = "/zaken/{zaak}/leden", tag = "zaken", operation_id = "voegLidToe",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Member,
    responses((status = 204, description = "Diegene werkt nu aan de zaak."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn add_member(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(member): Body<Member>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        Ok(app.store.add_member(actor, zaak, &member.account)?)
    })
    .await
}

/// De termijn verlengen of stilzetten
///
/// Een opschorting zonder einde loopt nog. Stuur haar met dezelfde eerste dag en een laatste dag om haar te eindigen.
#[utoipa::path(post, path = "/zaken/{zaak}/termijn", tag = "zaken", operation_id = "verlengTermijn",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Stap,
    responses((status = 204, description = "Vastgelegd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn stretch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(stap): Body<Stap>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        Ok(app.store.stretch_termijn(actor, zaak, &stap)?)
    })
    .await
}

/// De dag van het besluit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Besluitdag)]
pub struct Decision {
    /// De dag; leeg als die nog niet bekend is.
    #[schema(value_type = Option<String>, format = Date)]
    dag: Option<Date>,
}

/// De dag van het besluit bepalen
///
/// Vanaf 1 mei 2022 gelden de gronden van de Woo, daarvoor die van de Wob.
#[utoipa::path(post, path = "/zaken/{zaak}/besluit", tag = "zaken", operation_id = "bepaalBesluit",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Decision,
    responses((status = 204, description = "Vastgelegd."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn decide(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(decision): Body<Decision>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        Ok(app.store.set_besluit(actor, zaak, decision.dag)?)
    })
    .await
}

/// Een zaak sluiten
///
/// De machtigingen vervallen en in de zaak verandert niets meer. De verantwoording, de cijfers en wat er over elk document
/// is vastgelegd, worden bewaard; zie `versies`.
#[utoipa::path(post, path = "/zaken/{zaak}/_sluit", tag = "zaken", operation_id = "sluitZaak",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")),
    responses((status = 204, description = "De zaak is gesloten."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn close(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, |app, actor, zaak| {
        app.sluit_zaak(actor, zaak)
    })
    .await
}

/// Waarom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Heropening)]
pub struct Reason {
    /// De reden.
    #[schema(min_length = 1, max_length = 1000)]
    reden: String,
}

/// Een gesloten zaak heropenen
///
/// Voor bezwaar of beroep. Er begint een nieuwe versie van de zaak: de oude blijft te lezen, de machtigingen komen niet
/// terug, en de dag van het besluit is weer open.
#[utoipa::path(post, path = "/zaken/{zaak}/_heropen", tag = "zaken", operation_id = "heropenZaak",
    params(("zaak" = String, Path, description = "Kenmerk van de zaak.")), request_body = Reason,
    responses((status = 204, description = "De zaak is weer open."),
        (status = 422, description = "Dit kan niet.", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn reopen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Segment(zaak): Segment<String>,
    Body(reason): Body<Reason>,
) -> Result<StatusCode, Problem> {
    changed(app, actor, zaak, move |app, actor, zaak| {
        app.heropen_zaak(actor, zaak, &reason.reden)
    })
    .await
}

/// Makes a change in a case that `actor` takes part in; who only grants changes nothing in it.
pub async fn changed(
    app: Arc<App>,
    actor: Actor,
    zaak: String,
    change: impl FnOnce(&App, &Actor, &Zaak) -> Result<(), Problem> + Send + 'static,
) -> Result<StatusCode, Problem> {
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        change(&app, &actor, &zaak)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
