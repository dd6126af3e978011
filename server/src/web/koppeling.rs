//! The page on which the columns of the list of an export get their meaning, with its first rows. Never reads anything else
//! of a source.

use super::bronnen::{self, Kop};
use super::zaken::{Fields, Sent};
use super::{Frame, blocking, page};
use crate::api::{bronnen as api, koppelingen};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_indexer::dms::{Codering, Koppeling, Veld, Vorm};
use zv_indexer::voorbeeld::Preview;

/// Characters of a cell on the page.
const CELL: usize = 80;

/// A column of the list.
struct Column {
    name: String,
    veld: &'static str,
}

/// A row of the list.
struct Line {
    nr: u64,
    pad: String,
    gevonden: bool,
    velden: String,
    cellen: Vec<String>,
}

#[derive(Template)]
#[template(path = "bron-koppeling.html")]
struct MappingPage {
    frame: Frame,
    kop: Kop,
    koppeling: Koppeling,
    /// Whether one is kept now.
    bewaard: bool,
    vormen: Vec<(&'static str, &'static str)>,
    coderingen: Vec<(&'static str, &'static str)>,
    velden: Vec<(&'static str, &'static str)>,
    kolommen: Vec<Column>,
    rijen: Vec<Line>,
}

impl MappingPage {
    fn codering(&self) -> &'static str {
        self.koppeling
            .codering
            .map(Codering::name)
            .unwrap_or_default()
    }

    /// Separators: value and name.
    fn scheidingen(&self) -> [(&'static str, &'static str); 4] {
        [
            (";", "puntkomma"),
            (",", "komma"),
            ("\t", "tab"),
            ("|", "verticale streep"),
        ]
    }
}

/// The page, with the mapping that is kept.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &[Rol::BeheerderBronnen])?;
        let kept = api::named(&app, &bron)?.rules.export.list;
        let koppeling = kept.clone().unwrap_or_default();
        shown(&app, &actor, &bron, koppeling, kept.is_some(), None)
    })
    .await
}

fn shown(
    app: &App,
    actor: &Actor,
    bron: &str,
    koppeling: Koppeling,
    bewaard: bool,
    found: Option<Preview>,
) -> Result<Response, Problem> {
    let (_, frame, kop) = bronnen::opened(app, actor, bron, "Lijst bij bron", "/koppeling")?;
    let names = match &found {
        Some(found) => found.kolommen.clone(),
        None => koppeling.velden.keys().cloned().collect(),
    };
    let koppeling = found
        .as_ref()
        .map_or(koppeling, |found| found.voorstel.clone());
    let kolommen = names.into_iter().map(|name| Column {
        veld: koppeling.veld(&name).name(),
        name,
    });
    page(&MappingPage {
        kolommen: kolommen.collect(),
        rijen: found.map(lines).unwrap_or_default(),
        vormen: Vorm::ALL
            .iter()
            .map(|one| (one.name(), one.label()))
            .collect(),
        coderingen: Codering::ALL
            .iter()
            .map(|one| (one.name(), one.label()))
            .collect(),
        velden: Veld::ALL
            .iter()
            .map(|one| (one.name(), one.label()))
            .collect(),
        koppeling,
        bewaard,
        frame,
        kop,
    })
}

fn lines(found: Preview) -> Vec<Line> {
    let short = |text: &str| match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    let rows = found.rijen.into_iter();
    rows.map(|shown| {
        let fields = shown.row.velden.iter().skip(1);
        let fields = fields.map(|(name, value)| format!("{name}: {}", short(value)));
        Line {
            nr: shown.row.nr,
            gevonden: shown.gevonden,
            velden: fields.collect::<Vec<_>>().join("; "),
            cellen: shown.row.cellen.iter().map(|cell| short(cell)).collect(),
            pad: shown.row.pad,
        }
    })
    .collect()
}

/// Shows the first rows, keeps the mapping, or takes it away: as the button says.
pub async fn sent(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(bron): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let koppeling = from(&fields)?;
        match fields.text("actie").as_str() {
            "weg" => koppelingen::keep(&app, &actor, &bron, None)?,
            "bewaar" => koppelingen::keep(&app, &actor, &bron, Some(koppeling))?,
            _ => {
                let found = koppelingen::shown(&app, &actor, &bron, &koppeling)?;
                let kept = api::named(&app, &bron)?.rules.export.list.is_some();
                return shown(&app, &actor, &bron, koppeling, kept, Some(found));
            }
        }
        Ok(bronnen::to(&bron, "/koppeling"))
    })
    .await
}

fn from(fields: &Fields) -> Result<Koppeling, Problem> {
    let wrong = super::zaken::wrong;
    let mut velden = BTreeMap::new();
    for (name, veld) in fields.all("kolom").zip(fields.all("veld")) {
        let veld = Veld::named(veld).ok_or_else(|| wrong("veld"))?;
        velden.insert(name.to_owned(), veld);
    }
    Ok(Koppeling {
        lijst: fields.text("lijst"),
        vorm: Vorm::named(&fields.text("vorm")).unwrap_or_default(),
        scheiding: fields.untouched("scheiding").to_owned(),
        codering: Codering::named(&fields.text("codering")),
        pad: fields.text("pad"),
        voorvoegsel: fields.text("voorvoegsel"),
        velden,
    })
}
