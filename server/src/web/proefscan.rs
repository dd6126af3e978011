//! The page on which somebody sees what a run of a source would find: begins a proefscan, follows it, and asks what the
//! restrictions of an export mean. Never looks at a source itself.

use super::bronnen::{self, Kop};
use super::export::Beperkingen;
use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::proefscans::free;
use crate::problem::Problem;
use crate::proefscan::{self, Bewaard};
use crate::state::App;
use crate::toegang::Vrager;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use zv_indexer::proefscan::{Fault, Proefscan};

/// Kinds of files on the page; the rest is one row.
const KINDS: usize = 30;

/// Files of one kind.
struct Kind {
    name: String,
    files: String,
    bytes: String,
}

/// Something to look at.
struct Told {
    name: &'static str,
    count: String,
    examples: Vec<String>,
}

/// What the last one found.
struct Found {
    whole: bool,
    files: String,
    bytes: String,
    kinds: Vec<Kind>,
    faults: Vec<Told>,
    time: String,
    room: Vec<(&'static str, String)>,
    fits: bool,
    measured: String,
}

#[derive(Template)]
#[template(path = "bron-proefscan.html")]
struct ScanPage {
    frame: Frame,
    kop: Kop,
    /// When the one that is busy began, and files so far.
    bezig: Option<(String, String)>,
    klaar: Option<String>,
    melding: Option<String>,
    found: Option<Found>,
    beleid: Option<Beperkingen>,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (source, frame, kop) =
            bronnen::opened(&app, &actor, &bron, "Proefscan van bron", "/proefscan")?;
        let busy = app.proefscans.of(&bron);
        let last = proefscan::last(&app.folder, &bron);
        let found = last.as_ref().and_then(|last| last.uitkomst.clone());
        let told = |found: &Proefscan| !found.beperkingen.is_empty() || found.zonder_beperking > 0;
        let beleid = match found.as_ref().is_some_and(told) {
            true => Some(Beperkingen::of(&app, &source)?),
            false => None,
        };
        page(&ScanPage {
            frame,
            kop,
            bezig: busy.map(|busy| {
                let files = labels::count(busy.gezien(), "bestand", "bestanden");
                (labels::moment(busy.begonnen), files)
            }),
            klaar: last
                .as_ref()
                .map(|last: &Bewaard| labels::moment(last.klaar)),
            melding: last.and_then(|last| last.melding),
            found: found.map(|found| Found::of(&found, free(&app.folder))),
            beleid,
        })
    })
    .await
}

impl Found {
    fn of(found: &Proefscan, free: Option<u64>) -> Found {
        let room = &found.ruimte;
        let mut rows = vec![
            ("De bewaarde teksten", labels::bytes(room.teksten)),
            ("De index", labels::bytes(room.index)),
            ("Vrij nodig tijdens het inlezen", labels::bytes(room.nodig)),
        ];
        rows.extend(free.map(|free| ("Nu vrij op de schijf", labels::bytes(free))));
        let all = labels::count(found.totaal.bestanden, "bestand", "bestanden");
        Found {
            whole: found.volledig,
            bytes: labels::bytes(found.totaal.bytes),
            kinds: kinds(found),
            faults: faults(found),
            time: match found.seconden {
                Some(time) => format!("Een eerste run duurt ongeveer {}.", labels::seconds(time)),
                None => "Hoe lang een run duurt, is te schatten als hier eerder is ingelezen."
                    .to_owned(),
            },
            room: rows,
            fits: free.is_none_or(|free| free > room.nodig),
            measured: match room.gemeten {
                0 => "De schatting rekent met wat gebruikelijk is per soort bestand.".to_owned(),
                measured => format!(
                    "Van {} van de {all} is de soort eerder op deze computer gemeten; de rest is wat gebruikelijk is.",
                    labels::number(measured),
                ),
            },
            files: all,
        }
    }
}

/// What somebody should look at.
fn faults(found: &Proefscan) -> Vec<Told> {
    let empty = Fault {
        aantal: found.leeg,
        voorbeelden: Vec::new(),
    };
    let all = [
        (
            "Overgeslagen door een regel, of geen bestand",
            &found.overgeslagen,
        ),
        ("Geen toegang", &found.geen_toegang),
        ("Mappen niet gelezen", &found.mappen_niet_gelezen),
        (
            "Beschrijvingen zonder bestand",
            &found.sidecar_zonder_bestand,
        ),
        (
            "Bestanden zonder beschrijving, waar andere er een hebben",
            &found.bestand_zonder_sidecar,
        ),
        ("Bestanden zonder inhoud", &empty),
    ];
    let some = all.into_iter().filter(|(_, fault)| fault.aantal > 0);
    some.map(|(name, fault)| Told {
        name,
        count: labels::number(fault.aantal),
        examples: fault.voorbeelden.clone(),
    })
    .collect()
}

/// The kinds with most files, and the rest as one.
fn kinds(found: &Proefscan) -> Vec<Kind> {
    let mut all: Vec<_> = found.soorten.iter().collect();
    all.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.bestanden));
    let rest = all.split_off(all.len().min(KINDS));
    let kind = |name: &str, files: u64, bytes: u64| Kind {
        name: name.to_owned(),
        files: labels::number(files),
        bytes: labels::bytes(bytes),
    };
    let mut rows: Vec<Kind> = all
        .into_iter()
        .map(|(name, amount)| kind(name, amount.bestanden, amount.bytes))
        .collect();
    if !rest.is_empty() {
        let files = rest.iter().map(|(_, amount)| amount.bestanden).sum();
        let bytes = rest.iter().map(|(_, amount)| amount.bytes).sum();
        rows.push(kind("(andere)", files, bytes));
    }
    rows
}

/// Begins one, or ends the one that is busy: as the button says.
pub async fn sent(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let source = crate::api::bronnen::named(&app, &bron)?;
        match fields.text("actie").as_str() {
            "breek-af" => proefscan::end(&app, &actor, &bron)?,
            // One that is busy already is as good.
            _ => drop(proefscan::begin(&app, &actor, source)?),
        }
        Ok(bronnen::to(&bron, "/proefscan"))
    })
    .await
}
