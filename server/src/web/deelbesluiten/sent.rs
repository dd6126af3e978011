//! What is sent from the page of deelbesluiten and belanghebbenden: from the fields of a form to one change, and back to
//! its place on the page. Never trusts a field.

use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::blocking;
use crate::web::zaken::{Fields, Sent, wrong};
use crate::zaken::Zaak;
use crate::zaken::belanghebbende::Belanghebbende;
use crate::zaken::deelbesluit::Deelbesluit;
use crate::zaken::indeling::{Deel, Opdracht};
use crate::zaken::schifting::doel::Doel;
use crate::zaken::zienswijze::{Strekking, Zienswijze};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Makes a change and goes back to `place` on the page.
async fn change(
    (app, actor, zaak): (Arc<App>, Actor, String),
    sent: Sent,
    work: impl FnOnce(&App, &Actor, &Zaak, &Fields) -> Result<Deel, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let zaak = app.zaak_inside(&actor, &zaak)?;
        let deel = work(&app, &actor, &zaak, &fields)?;
        let (soort, nummer) = (deel.soort(), deel.nummer());
        let address = format!("/zaken/{}/deelbesluiten#{soort}-{nummer}", zaak.id);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}

/// The number and the version of what is changed; nothing when it is new.
fn earlier(fields: &Fields) -> Result<Option<(u32, u32)>, Problem> {
    match fields.text("nummer").is_empty() {
        true => Ok(None),
        false => Ok(Some((fields.number("nummer")?, fields.number("gezien")?))),
    }
}

/// Makes or changes a deelbesluit.
pub async fn set_deelbesluit(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, zaak), sent, |app, actor, zaak, fields| {
        let inhoud = Deelbesluit {
            naam: fields.text("naam"),
            opmerking: fields.text("opmerking"),
            volgorde: match fields.text("volgorde").is_empty() {
                true => None,
                false => Some(fields.number("volgorde")?),
            },
            afgestemd_hoe: fields.text("afgestemd_hoe"),
            afgestemd_op: fields.day_or_none("afgestemd_op")?,
            uiterlijk: fields.day_or_none("uiterlijk")?,
            besluit_op: fields.day_or_none("besluit_op")?,
        };
        let store = &app.store;
        let nummer = store.set_deelbesluit(actor, zaak, earlier(fields)?, &inhoud)?;
        Ok(Deel::Deelbesluit(nummer))
    })
    .await
}

/// Notes or changes a belanghebbende.
pub async fn set_belanghebbende(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, zaak), sent, |app, actor, zaak, fields| {
        let inhoud = Belanghebbende {
            naam: fields.text("naam"),
            categorie: fields.text("categorie"),
            opmerking: fields.text("opmerking"),
        };
        let store = &app.store;
        let nummer = store.set_belanghebbende(actor, zaak, earlier(fields)?, &inhoud)?;
        Ok(Deel::Belanghebbende(nummer))
    })
    .await
}

/// Asks for a zienswijze, or notes what came of it.
pub async fn zienswijze(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, zaak), sent, |app, actor, zaak, fields| {
        let belanghebbende = fields.number("belanghebbende")?;
        let strekking = fields.text("strekking");
        let mut strekkingen = Strekking::ALL.into_iter();
        let known = strekkingen.find(|one| one.name() == strekking);
        if known.is_none() && !strekking.is_empty() {
            return Err(wrong("strekking"));
        }
        let inhoud = Zienswijze {
            gevraagd_op: fields.day("gevraagd_op")?,
            uiterlijk: fields.day("uiterlijk")?,
            verzoek: fields.text("verzoek"),
            bericht_op: fields.day_or_none("bericht_op")?,
            ontvangen_op: fields.day_or_none("ontvangen_op")?,
            reactie: fields.text("reactie"),
            strekking: known,
            openbaarmaking_wacht: fields.text("wacht") == "ja",
        };
        let store = &app.store;
        match earlier(fields)? {
            None => {
                store.ask_zienswijze(actor, zaak, belanghebbende, &inhoud)?;
            }
            Some(earlier) => store.update_zienswijze(actor, zaak, earlier, &inhoud)?,
        }
        Ok(Deel::Belanghebbende(belanghebbende))
    })
    .await
}

/// The deelbesluit or belanghebbende that a field names, as `deelbesluit-1`.
pub fn deel(fields: &Fields) -> Result<Deel, Problem> {
    let text = fields.text("deel");
    let (soort, nummer) = text.split_once('-').ok_or_else(|| wrong("deel"))?;
    let nummer = nummer.parse().map_err(|_| wrong("deel"))?;
    Deel::named(soort, nummer).ok_or_else(|| wrong("deel"))
}

/// Puts what a zoekactie found with a deelbesluit or belanghebbende, takes it out, or takes a deed back.
pub async fn arrange(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, zaak), sent, |app, actor, zaak, fields| {
        let deel = deel(fields)?;
        let doel = match fields.text("handeling").is_empty() {
            true => Doel::Zoekactie {
                zoekactie: fields.number("zoekactie")?,
            },
            false => Doel::Handeling {
                handeling: fields.number("handeling")?,
            },
        };
        let opdracht = Opdracht {
            doel,
            eruit: fields.text("wat") == "eruit",
            aantal: Some(fields.number("aantal")?.into()),
            gezien: fields.text("gezien").parse().map_err(|_| wrong("gezien"))?,
            overschrijven: false,
        };
        let zicht = app.zicht(actor, Some(&zaak.id))?;
        app.arrange(&zicht, deel, &opdracht)?;
        Ok(deel)
    })
    .await
}
