//! The page of a random sample: its documents with a judgement for each, and what they say together. Works without
//! script. Never shows a document that who looks may not see.

use super::super::results::document_address;
use super::super::{Frame, blocking, labels, page};
use super::nav::{Blad, Nav};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::schifting::JUDGES;
use crate::zaken::steekproef::schatting::Schatting;
use crate::zaken::steekproef::{Getrokken, Nieuw, Oordeel, Soort, Steekproef, schatting};
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::Arc;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document};

/// A document on the page.
struct Drawn {
    volgnummer: usize,
    id: String,
    /// Where it is to be read; nothing when it is not in the index any more.
    address: Option<String>,
    title: String,
    place: String,
    gezien: u64,
    /// Value, label, and whether it is the one that holds.
    keuzes: Vec<(&'static str, &'static str, bool)>,
}

#[derive(Template)]
#[template(path = "steekproef.html")]
struct SamplePage {
    frame: Frame,
    nav: Nav,
    zaak: String,
    nummer: u32,
    zoekactie: u32,
    elusie: bool,
    zaad: String,
    omvang: String,
    aantal: String,
    uitkomst: Vec<String>,
    oordeelt: bool,
    documenten: Vec<Drawn>,
}

/// One sample.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        let (sample, drawn) = app.sample(&zicht.zaak, nummer)?;
        page(&sample_page(&app, &zicht, &actor, sample, drawn)?)
    })
    .await
}

fn sample_page(
    app: &App,
    zicht: &Zicht,
    actor: &Actor,
    sample: Steekproef,
    drawn: Vec<Getrokken>,
) -> Result<SamplePage, Problem> {
    let actie = app.store.zoekactie(&zicht.zaak.id, sample.zoekactie)?;
    let search = actie.map(|actie| actie.zoekopdracht).unwrap_or_default();
    let snapshot = app.snapshot(zicht)?;
    let estimate = schatting(sample.omvang, &drawn);
    let lines = drawn.iter().enumerate();
    let lines = lines.map(|(at, one)| line(&*snapshot, &search, at + 1, one));
    let elusie = sample.soort == Soort::Elusie;
    let title = format!("Steekproef {}", sample.nummer);
    Ok(SamplePage {
        frame: Frame::new(app, actor, title),
        zaak: zicht.zaak.id.clone(),
        nav: Nav::below(app, actor, &zicht.zaak, Blad::Uitvoer)?,
        nummer: sample.nummer,
        zoekactie: sample.zoekactie,
        elusie,
        zaad: sample.zaad,
        omvang: labels::count(sample.omvang, "document", "documenten"),
        aantal: labels::count(drawn.len() as u64, "document", "documenten"),
        uitkomst: said(&estimate, elusie),
        oordeelt: zicht.zaak.gesloten.is_none() && actor.is_any(&JUDGES),
        documenten: lines.collect::<Result<_, _>>()?,
    })
}

fn line(
    snapshot: &dyn Snapshot,
    search: &str,
    volgnummer: usize,
    one: &Getrokken,
) -> Result<Drawn, Problem> {
    let id = one.document.to_string();
    let found: Option<Document> = snapshot.doc(one.document)?;
    let keuze = |oordeel: Oordeel| {
        (
            oordeel.name(),
            oordeel.label(),
            one.oordeel == Some(oordeel),
        )
    };
    Ok(Drawn {
        volgnummer,
        address: found.as_ref().map(|_| document_address(search, &id, None)),
        title: match &found {
            Some(document) => document.title.clone(),
            None => format!("Document {id} staat niet meer in de index"),
        },
        place: found.map_or_else(String::new, |document| {
            format!("{}/{}", document.bron, document.place)
        }),
        gezien: one.record,
        keuzes: Oordeel::ALL.map(keuze).into(),
        id,
    })
}

/// What the sample says so far, in sentences.
fn said(estimate: &Schatting, elusie: bool) -> Vec<String> {
    let number = labels::number;
    let mut said = vec![format!(
        "{} relevant, {} niet relevant, {} niet te bepalen, {} nog te beoordelen.",
        number(estimate.relevant),
        number(estimate.niet_relevant),
        number(estimate.niet_te_bepalen),
        number(estimate.nog_te_beoordelen),
    )];
    let Some(found) = &estimate.uitkomst else {
        return said;
    };
    let (share, documents) = (labels::share(found), labels::estimated(found));
    said.push(match elusie {
        true => format!(
            "Van wat de zoekactie niet vond, is {share} relevant: er is {documents} gemist."
        ),
        false => format!("Van wat de zoekactie vond, is {share} relevant: {documents}."),
    });
    if estimate.nog_te_beoordelen > 0 {
        said.push(
            "Dit is voorlopig: nog niet alle documenten van de steekproef zijn beoordeeld."
                .to_owned(),
        );
    }
    said
}

/// Saves judgements.
pub async fn judge(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|rejection| Problem::from_status(rejection.status()))?;
    let new = sent(&fields)?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.must_be(&actor, &JUDGES)?;
        app.sample(&zicht.zaak, nummer)?;
        app.store
            .judge_steekproef(&actor, &zicht.zaak, nummer, &new)?;
        let address = format!("/zaken/{}/steekproeven/{nummer}#uitkomst", zicht.zaak.id);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}

/// The judgements in a form: `oordeel-ID` with a value, and `gezien-ID` with the record that was shown.
fn sent(fields: &[(String, String)]) -> Result<Vec<Nieuw>, Problem> {
    let wrong = |name: &str| Problem::request(format!("Het formulierveld '{name}' klopt niet."));
    let mut seen: HashMap<DocId, u64> = HashMap::new();
    let mut new = Vec::new();
    for (name, value) in fields {
        let (kind, id) = name.split_once('-').ok_or_else(|| wrong(name))?;
        let document: DocId = id.parse().map_err(|_| wrong(name))?;
        match kind {
            "gezien" => {
                seen.insert(document, value.parse().map_err(|_| wrong(name))?);
            }
            "oordeel" => new.push(Nieuw {
                document,
                oordeel: Oordeel::named(value).ok_or_else(|| wrong(name))?,
                gezien: 0,
            }),
            _ => return Err(wrong(name)),
        }
    }
    for one in &mut new {
        one.gezien = seen.get(&one.document).copied().unwrap_or_default();
    }
    Ok(new)
}
