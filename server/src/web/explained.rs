//! "Zo is gezocht": what each word of a question stands for, with counts, and the way to switch it off. Owns the page
//! and the form on it; the list itself comes from the index.

use super::{Frame, blocking, labels, page};
use crate::api::stored_search;
use crate::problem::Problem;
use crate::search::{Question, Wijze};
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::zaken::woordenlijst::gebruik::{VanLijst, lijsten};
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as FormBody, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;
use std::sync::Arc;
use zv_shared::index::{Expansions, IndexError, Search, expansions};
use zv_shared::plan::{Kind, Leaf};
use zv_shared::query::{ExpansionKind, Form, Query};

/// Expansions of one kind that are shown at once; the others stand behind "Toon meer".
const SHOWN: usize = 12;
/// Expansions of one kind that the page has at most.
const LISTED: usize = 300;

/// One expansion on the page.
struct Choice {
    /// What the form sends: `0:woord:huurtoeslag`.
    value: String,
    text: String,
    documents: String,
    on: bool,
    /// Of a synonym: the lists that have it.
    lists: Vec<String>,
}

struct Group {
    title: &'static str,
    /// What the form sends for the whole kind, when it can be switched.
    kind: Option<(String, bool)>,
    shown: Vec<Choice>,
    more: Vec<Choice>,
    rest: String,
    switchable: bool,
}

struct AskedWord {
    text: String,
    field: Option<&'static str>,
    excluded: bool,
    groups: Vec<Group>,
}

struct Explained {
    total: String,
    canonical: String,
    mode: &'static str,
    words: Vec<AskedWord>,
    lists: Vec<String>,
    analyzer: String,
    snapshot: String,
}

#[derive(Template)]
#[template(path = "uitleg.html")]
struct ExplainedPage {
    frame: Frame,
    id: String,
    /// Why nothing can be shown.
    notice: Option<String>,
    explained: Option<Explained>,
}

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let (stored, zicht) = stored_search(&app, &actor, &id)?;
        let search = app.search_of(&stored)?;
        let (explained, notice) = match explain(&app, &zicht, &search) {
            Ok(explained) => (Some(explained), None),
            Err(error @ IndexError::TooWide(_)) => {
                (None, Some(crate::problem::sentence(&error.to_string())))
            }
            Err(error) => return Err(error.into()),
        };
        page(&ExplainedPage {
            frame: Frame::new(&app, &actor, "Zo is gezocht"),
            id: stored.id,
            notice,
            explained,
        })
    })
    .await
}

fn explain(app: &App, zicht: &Zicht, search: &Search) -> Result<Explained, IndexError> {
    let snapshot = app.snapshot(zicht)?;
    let plan = snapshot.plan(search)?;
    let switchable = switchable(&search.query);
    let listed = expansions(&*snapshot, &plan)?;
    let words = plan
        .leaves
        .iter()
        .zip(listed)
        .map(|(leaf, groups)| asked(leaf, groups, &switchable));
    Ok(Explained {
        total: labels::count(snapshot.count(search)?.total, "document", "documenten"),
        canonical: search.query.to_string(),
        mode: labels::mode(search.widening.mode),
        words: words.collect(),
        lists: lijsten(&search.widening.lists)
            .iter()
            .map(|list| {
                let terms = labels::count(list.termen as u64, "term", "termen");
                format!("{}, {terms}", labels::list(&list.known_as()))
            })
            .collect(),
        analyzer: zv_analyzers::fingerprint().chars().take(12).collect(),
        snapshot: snapshot.id(),
    })
}

/// The numbers of the words that have expansions to switch.
fn switchable(query: &Query) -> BTreeSet<usize> {
    let mut query = query.clone();
    (0..query.leaves_in_order())
        .filter(|number| {
            query
                .word_mut(*number)
                .is_some_and(|word| word.form == Form::Woordvorm)
        })
        .collect()
}

fn asked(leaf: &Leaf, groups: Vec<Expansions>, switchable: &BTreeSet<usize>) -> AskedWord {
    let switchable = switchable.contains(&leaf.number);
    AskedWord {
        text: leaf.text.clone(),
        field: leaf.field.map(labels::text_field),
        excluded: !leaf.wanted,
        groups: groups
            .into_iter()
            .map(|group| shown(leaf.number, group, switchable))
            .collect(),
    }
}

fn shown(number: usize, group: Expansions, switchable: bool) -> Group {
    let name = kind_name(group.kind).filter(|_| switchable);
    let rest = group.list.len().saturating_sub(LISTED);
    let choice = |expansion: zv_shared::index::Expansion| Choice {
        value: format!("{number}:woord:{}", expansion.text),
        lists: VanLijst::all(&expansion.lists)
            .iter()
            .map(labels::list)
            .collect(),
        text: expansion.text,
        documents: labels::number(expansion.documents),
        on: expansion.on,
    };
    let mut shown: Vec<Choice> = group.list.into_iter().take(LISTED).map(choice).collect();
    let more = shown.split_off(SHOWN.min(shown.len()));
    Group {
        title: labels::expansions(group.kind),
        kind: name.map(|kind| (format!("{number}:soort:{}", kind.name()), group.on)),
        shown,
        more,
        rest: match rest {
            0 => String::new(),
            rest => format!(
                "En nog {}, elk in minder documenten.",
                labels::count(rest as u64, "woord", "woorden")
            ),
        },
        // Of a kind that is off no word is on or off.
        switchable: name.is_some() && group.on,
    }
}

fn kind_name(kind: Kind) -> Option<ExpansionKind> {
    match kind {
        Kind::Vorm => Some(ExpansionKind::Vorm),
        Kind::Deel => Some(ExpansionKind::Deel),
        Kind::Schrijfwijze => Some(ExpansionKind::Schrijfwijze),
        Kind::Synoniem => Some(ExpansionKind::Synoniem),
        Kind::Spelling => Some(ExpansionKind::Spelling),
        Kind::Breed => Some(ExpansionKind::Breed),
        Kind::Exact | Kind::Jokerteken => None,
    }
}

/// Takes over what was ticked: a new search, shown in the same way.
pub async fn switch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(id): Path<String>,
    fields: Result<FormBody<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let FormBody(fields) = fields.map_err(|rejection| Problem::from_status(rejection.status()))?;
    blocking(move || {
        let (stored, _) = stored_search(&app, &actor, &id)?;
        let mut query = stored.question.search(&Arc::default())?.query;
        let named = |wanted: &str| {
            let of_name = fields.iter().filter(move |(name, _)| name == wanted);
            of_name
                .map(|(_, value)| value.clone())
                .collect::<BTreeSet<String>>()
        };
        let (shown, on) = (named("getoond"), named("aan"));
        for value in &shown {
            set(&mut query, value, on.contains(value)).ok_or_else(|| {
                Problem::request("Dit formulier hoort niet bij deze zoekopdracht.")
            })?;
        }
        let question = Question {
            vraag: query.to_string(),
            wijze: Wijze::Alle,
            ..stored.question
        };
        let id = app.store_question(&question, &actor.id)?;
        Ok((
            StatusCode::SEE_OTHER,
            [(header::LOCATION, format!("/zoek/{id}/uitleg"))],
        )
            .into_response())
    })
    .await
}

/// Switches what `value` names; `None` when the question has no such thing.
fn set(query: &mut Query, value: &str, on: bool) -> Option<()> {
    let mut parts = value.splitn(3, ':');
    let number = parts.next()?.parse().ok()?;
    let (what, name) = (parts.next()?, parts.next()?);
    let word = query
        .word_mut(number)
        .filter(|word| word.form == Form::Woordvorm)?;
    let switches = &mut word.switches;
    match what {
        "soort" => {
            let kind = ExpansionKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name)?;
            if on {
                switches.off.remove(&kind);
            } else {
                switches.off.insert(kind);
                switches.broad &= kind != ExpansionKind::Breed;
            }
        }
        "woord" if on => {
            switches.without.remove(name);
        }
        "woord" => {
            switches.without.insert(name.to_owned());
        }
        _ => return None,
    }
    Some(())
}
