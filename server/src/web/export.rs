//! The page of a source that holds an export: what the last run found wrong with it, and what is done with what it says of
//! who may use a document. Never shows what is in a document.

use super::bronnen::{self, Kop};
use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::bronnen as api;
use crate::problem::Problem;
use crate::proefscan;
use crate::runs;
use crate::state::App;
use crate::toegang::Vrager;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_indexer::account::ExportAccount;
use zv_indexer::dms::{Beleid, ExportRules, Geheim};
use zv_indexer::source::{Source, SourceRules};

/// Runs that are looked through for restrictions.
const RUNS: usize = 20;

/// A restriction that an export knows.
pub struct Value {
    pub name: String,
    /// How often the last run that looked at it met it.
    pub count: String,
    pub beleid: &'static str,
}

/// What an export restricts, and what was decided about it.
pub struct Beperkingen {
    pub values: Vec<Value>,
    pub keuzes: Vec<(&'static str, &'static str)>,
    pub onbekend: &'static str,
    pub zonder: &'static str,
    pub plafond: &'static str,
    pub plafonds: Vec<(&'static str, &'static str)>,
}

impl Beperkingen {
    /// Of a source: what its runs met, and what its last proefscan did.
    pub fn of(app: &App, source: &Source) -> Result<Self, Problem> {
        let mut exports = exports(app, &source.name)?.1;
        exports.extend(scanned(app, &source.name));
        let rules = &source.rules.export;
        Ok(Beperkingen {
            values: values(rules, &exports),
            keuzes: Beleid::ALL.map(|one| (one.name(), label(one))).into(),
            onbekend: rules.unknown.unwrap_or(Beleid::Gesloten).name(),
            zonder: rules.absent.unwrap_or(Beleid::Machtiging).name(),
            plafond: rules.ceiling.unwrap_or(Geheim::Vertrouwelijk).name(),
            plafonds: Geheim::ALL.map(|one| (one.name(), one.label())).into(),
        })
    }
}

/// The number of the last run of a source, and what its runs met in exports, the newest first.
fn exports(app: &App, bron: &str) -> Result<(Option<u64>, Vec<ExportAccount>), Problem> {
    let accounts = runs::all(&app.folder).map_err(Problem::fault)?;
    let own = accounts.into_iter().filter(|run| run.bron == bron);
    let own: Vec<_> = own.take(RUNS).collect();
    let last = own.first().map(|run| run.run);
    let exports = own.into_iter().map(|run| run.export.unwrap_or_default());
    Ok((last, exports.collect()))
}

/// What the last proefscan of a source met.
fn scanned(app: &App, bron: &str) -> Option<ExportAccount> {
    let found = proefscan::last(&app.folder, bron)?.uitkomst?;
    Some(ExportAccount {
        beperkingen: found.beperkingen,
        ..ExportAccount::default()
    })
}

#[derive(Template)]
#[template(path = "bron-export.html")]
struct ExportPage {
    frame: Frame,
    kop: Kop,
    run: Option<u64>,
    account: Vec<(&'static str, String)>,
    beleid: Beperkingen,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (source, frame, kop) =
            bronnen::opened(&app, &actor, &bron, "Export in bron", "/export")?;
        let (run, exports) = exports(&app, &bron)?;
        let account = exports.first().cloned().unwrap_or_default();
        page(&ExportPage {
            run,
            account: labels::export(&account)
                .map(|(name, count)| (name, labels::number(count)))
                .into(),
            beleid: Beperkingen::of(&app, &source)?,
            frame,
            kop,
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
        let back = match fields.text("terug").as_str() {
            "proefscan" => "/proefscan",
            _ => "/export",
        };
        Ok(bronnen::to(&bron, back))
    })
    .await
}
