//! The account of a case on a page, with buttons to take it out. Shows the internal version: who sees this page works
//! on the case.

use super::zaken::nav::{Blad, Nav};
use super::{Frame, blocking, labels, page};
use crate::api::uitvoer::{self as deliver, Keuze};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::bundel;
use crate::uitvoer::register::Uitvoer;
use crate::uitvoer::verantwoording::{self, Verantwoording, Versie, Vorm, html, tekst};
use crate::zaken::maskering::Gemaskeerd;
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "verantwoording.html")]
struct AccountPage {
    frame: Frame,
    nav: Nav,
    title: String,
    /// Id of the case.
    zaak: String,
    /// Whether anything in it may change.
    open: bool,
    /// As what the account can be had.
    vormen: &'static [Vorm],
    /// Anchor and text of the headings.
    headings: Vec<(String, String)>,
    inhoud: String,
    /// Terms that are hidden, and terms that were.
    terms: Vec<Masked>,
    shown: Vec<Masked>,
    exports: Vec<ExportLine>,
}

/// A term that is or was hidden, and since when.
struct Masked {
    term: String,
    who: String,
}

/// Something that left the program.
struct ExportLine {
    what: String,
    when: String,
    who: String,
    sha256: String,
}

/// The account.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = deliver::zaak(&app, &actor, &id)?;
        let v = Verantwoording::build(&app.store, &app.folder, &zaak, &actor, Versie::Intern)?;
        let stuk = tekst::stuk(&v);
        let line = |one: Uitvoer| ExportLine {
            who: v.wie(&one.door),
            when: labels::moment(one.wanneer),
            what: one.soort,
            sha256: one.sha256,
        };
        let masked = |one: Gemaskeerd| Masked {
            who: format!("{}, {}", v.wie(&one.door), labels::moment(one.wanneer)),
            term: one.term,
        };
        let all = app.store.maskeringen(&zaak.id)?.into_iter();
        let (terms, shown): (Vec<_>, Vec<_>) = all.partition(|one| one.gemaskeerd);
        let headings = html::koppen(&stuk).into_iter();
        page(&AccountPage {
            frame: Frame::new(&app, &actor, stuk.titel.clone()),
            nav: Nav::on(&app, &actor, &zaak, Blad::Verantwoording)?,
            headings: headings
                .map(|(anchor, text)| (anchor.to_owned(), text.to_owned()))
                .collect(),
            inhoud: html::inhoud(&stuk).map_err(Problem::fault)?,
            terms: terms.into_iter().map(masked).collect(),
            shown: shown.into_iter().map(masked).collect(),
            exports: app
                .store
                .uitvoeren(&zaak.id)?
                .into_iter()
                .map(line)
                .collect(),
            open: zaak.gesloten.is_none(),
            vormen: Vorm::built_in(),
            title: stuk.titel,
            zaak: zaak.id,
        })
    })
    .await
}

/// The account as a file.
pub async fn download(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    Form(keuze): Form<Keuze>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = deliver::zaak(&app, &actor, &id)?;
        let bytes = verantwoording::bestand(&app, &actor, &zaak, (keuze.versie, keuze.vorm))?;
        Ok(deliver::account_file(&zaak, keuze, bytes))
    })
    .await
}

/// The bundle.
pub async fn bundle(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = deliver::zaak(&app, &actor, &id)?;
        let bundel = bundel::maak(&app, &actor, &zaak)?;
        Ok(deliver::bundle_file(&zaak, bundel))
    })
    .await
}

/// What is sent to hide a term, or to show it again.
#[derive(Deserialize)]
pub struct Mask {
    term: String,
    gemaskeerd: Option<String>,
}

/// Hides a term in the public version, or shows it again.
pub async fn mask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    Form(sent): Form<Mask>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zaak = deliver::zaak(&app, &actor, &id)?;
        match sent.gemaskeerd.as_deref() {
            Some("nee") => app.store.unmask_term(&actor, &zaak, &sent.term)?,
            _ => app.store.mask_term(&actor, &zaak, &sent.term)?,
        }
        let back = format!("/zaken/{}/verantwoording#masker-kop", zaak.id);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response())
    })
    .await
}
