//! Where a document belongs, on its page: its deelbesluit and belanghebbenden, with a form to change that. Never decides
//! where it belongs.

use super::Scope;
use super::queue::{Naam, Review};
use super::sent::{Done, count, id, on_document};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::web::deelbesluiten::deel;
use crate::web::labels;
use crate::web::zaken::{Fields, Sent};
use crate::zaken::indeling::{DEELT_IN, Deel, Opdracht};
use crate::zaken::reeks;
use crate::zaken::schifting::Waarde;
use crate::zaken::schifting::doel::Doel;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use zv_shared::DocId;
use zv_shared::index::Snapshot;

/// Where a document belongs.
pub(super) struct Indeling {
    /// Whether the case has deelbesluiten or belanghebbenden at all.
    pub(super) any: bool,
    /// Where it belongs now, in words.
    pub(super) now: Vec<String>,
    /// Whether who looks may change it.
    pub(super) may: bool,
    /// `deelbesluit-1`, and what it is called.
    pub(super) choices: Vec<(String, String)>,
    /// What can be put there together with it: only what is relevant counts.
    pub(super) scopes: Vec<Scope>,
    pub(super) seen: u64,
}

/// Gathers it.
pub(super) fn indeling(
    app: &App,
    zicht: &Zicht,
    snapshot: &dyn Snapshot,
    document: DocId,
) -> Result<Indeling, Problem> {
    let (store, zaak) = (&app.store, &zicht.zaak.id);
    let mut all: Vec<(Deel, String)> = Vec::new();
    for (nummer, one) in reeks::nu(&store.deelbesluiten(zaak)?) {
        let name = format!("deelbesluit {nummer}: {}", one.naam);
        all.push((Deel::Deelbesluit(nummer), name));
    }
    for (nummer, one) in reeks::nu(&store.belanghebbenden(zaak)?) {
        let name = format!("belanghebbende {nummer}: {}", one.naam);
        all.push((Deel::Belanghebbende(nummer), name));
    }
    let belongs = store.delen_of(zaak, document)?;
    let may = zicht.actor.is_any(&DEELT_IN) && !all.is_empty();
    let now = all.iter().filter(|(deel, _)| belongs.contains(deel));
    Ok(Indeling {
        any: !all.is_empty(),
        now: now.map(|(_, name)| name.clone()).collect(),
        may,
        scopes: match may {
            true => relevant_scopes(app, zicht, snapshot, document)?,
            false => Vec::new(),
        },
        seen: store.last_indeling(zaak)?,
        choices: all
            .into_iter()
            .map(|(deel, name)| (format!("{}-{}", deel.soort(), deel.nummer()), name))
            .collect(),
    })
}

fn relevant_scopes(
    app: &App,
    zicht: &Zicht,
    snapshot: &dyn Snapshot,
    document: DocId,
) -> Result<Vec<Scope>, Problem> {
    let wanted = [
        ("familie", "hele familie", Doel::Familie { document }),
        ("gesprek", "hele gesprek", Doel::Gesprek { document }),
        (
            "dubbelen",
            "alles met dezelfde inhoud",
            Doel::Dubbelen { document },
        ),
    ];
    let mut scopes = Vec::new();
    for (name, label, doel) in wanted {
        let mut relevant = 0;
        for stuk in app.stukken(zicht, snapshot, &doel)? {
            let records = app.store.schifting_of(&zicht.zaak.id, stuk.id)?;
            let value = records.first().and_then(|last| last.schifting.as_ref());
            relevant += u64::from(value.is_some_and(|value| value.waarde == Waarde::Relevant));
        }
        if relevant > 1 {
            let many = labels::count(relevant, "relevant document", "relevante documenten");
            scopes.push(Scope {
                name,
                label: format!("{label} ({many})"),
                count: relevant,
            });
        }
    }
    Ok(scopes)
}

/// Puts the document, or what belongs with it, with a deelbesluit or belanghebbende; or takes the document out.
pub async fn arrange(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, naam)): Path<(String, Naam)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let work = |app: &App, review: &Review, fields: &Fields| {
        let opdracht = opdracht(fields)?;
        app.arrange(&review.zicht, deel(fields)?, &opdracht)?;
        Ok(Done {
            what: "ingedeeld",
            on: false,
        })
    };
    on_document((app, actor, zaak, naam), sent, work).await
}

fn opdracht(fields: &Fields) -> Result<Opdracht, Problem> {
    let document = id(fields, "document")?;
    let eruit = fields.text("wat") == "eruit";
    let scope = fields.text("omvang");
    let doel = match scope.as_str() {
        "familie" if !eruit => Doel::Familie { document },
        "gesprek" if !eruit => Doel::Gesprek { document },
        "dubbelen" if !eruit => Doel::Dubbelen { document },
        _ => Doel::Document { document },
    };
    let aantal = match doel {
        Doel::Document { .. } => None,
        _ => Some(count(fields, &format!("aantal_{scope}"))?),
    };
    Ok(Opdracht {
        doel,
        eruit,
        aantal,
        gezien: count(fields, "gezien")?,
        overschrijven: false,
    })
}
