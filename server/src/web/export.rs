//! The page of a source that holds an export: what the last run found wrong with it, and what is done with what it says of
//! who may use a document. Never shows what is in a document.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::bronnen as api;
use crate::mensen::Rol;
use crate::problem::Problem;
use crate::runs;
use crate::state::App;
use crate::toegang::{LOOKS_AFTER_RUNS, Vrager};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_indexer::account::ExportAccount;
use zv_indexer::dms::{Beleid, ExportRules, Geheim};
use zv_indexer::source::SourceRules;

/// Runs that are looked through for restrictions.
const RUNS: usize = 20;

/// A restriction that an export knows.
struct Value {
    name: String,
    /// How often the last run that looked at it met it.
    count: String,
    beleid: &'static str,
}

#[derive(Template)]
#[template(path = "bron-export.html")]
struct ExportPage {
    frame: Frame,
    bron: String,
    run: Option<u64>,
    account: Vec<(&'static str, String)>,
    values: Vec<Value>,
    keuzes: Vec<(&'static str, &'static str)>,
    onbekend: &'static str,
    zonder: &'static str,
    plafond: &'static str,
    plafonds: Vec<(&'static str, &'static str)>,
    beheert: bool,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS_AFTER_RUNS)?;
        let rules = api::named(&app, &bron)?.rules.export;
        let accounts = runs::all(&app.folder).map_err(Problem::fault)?;
        let mut own = accounts.into_iter().filter(|run| run.bron == bron);
        let last = own.next();
        let run = last.as_ref().map(|run| run.run);
        let exports: Vec<ExportAccount> = last
            .into_iter()
            .chain(own)
            .take(RUNS)
            .map(|run| run.export.unwrap_or_default())
            .collect();
        let account = exports.first().cloned().unwrap_or_default();
        page(&ExportPage {
            run,
            account: labels::export(&account)
                .map(|(name, count)| (name, labels::number(count)))
                .into(),
            values: values(&rules, &exports),
            keuzes: Beleid::ALL.map(|one| (one.name(), label(one))).into(),
            onbekend: rules.unknown.unwrap_or(Beleid::Gesloten).name(),
            zonder: rules.absent.unwrap_or(Beleid::Machtiging).name(),
            plafond: rules.ceiling.unwrap_or(Geheim::Vertrouwelijk).name(),
            plafonds: Geheim::ALL.map(|one| (one.name(), one.label())).into(),
            beheert: actor.is_any(&[Rol::BeheerderBronnen]),
            frame: Frame::new(&app, &actor, format!("Export in bron {bron}")),
            bron,
        })
    })
    .await
}

fn label(beleid: Beleid) -> &'static str {
    match beleid {
        Beleid::Open => "te vinden",
        Beleid::Machtiging => "te vinden, met een waarschuwing",
        Beleid::Gesloten => "gesloten: door niemand te vinden",
    }
}

/// Every restriction that was decided about or met, with the newest count.
fn values(rules: &ExportRules, exports: &[ExportAccount]) -> Vec<Value> {
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for export in exports {
        for (name, count) in &export.beperkingen {
            known.entry(name).or_insert(*count);
        }
    }
    let decided = |name: &str| known.keys().any(|met| met.eq_ignore_ascii_case(name));
    let others: Vec<&str> = rules
        .values
        .keys()
        .map(String::as_str)
        .filter(|name| !decided(name))
        .collect();
    known.extend(others.into_iter().map(|name| (name, 0)));
    known
        .into_iter()
        .map(|(name, count)| Value {
            name: name.to_owned(),
            count: labels::number(count),
            beleid: rules.of(name).name(),
        })
        .collect()
}

/// Keeps what was decided.
pub async fn decide(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let rules = api::named(&app, &bron)?.rules;
        let names = fields.all("waarde");
        let decided = names
            .zip(fields.all("beleid"))
            .filter(|(name, _)| !name.is_empty());
        let decided = decided.map(|(name, beleid)| {
            let beleid = Beleid::named(beleid).ok_or_else(|| super::zaken::wrong("beleid"))?;
            Ok((name.to_owned(), beleid))
        });
        let export = ExportRules {
            values: decided.collect::<Result<_, Problem>>()?,
            unknown: Beleid::named(&fields.text("onbekend")),
            absent: Beleid::named(&fields.text("zonder")),
            ceiling: Geheim::named(&fields.text("plafond")),
            // Has a page of its own.
            list: rules.export.list.clone(),
        };
        let rules = SourceRules { export, ..rules };
        api::change_rules(&app, &actor, &bron, rules)?;
        let address = format!("/bronnen/{}/export", labels::in_address(&bron));
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    })
    .await
}
