//! The page of what contradicts itself: the same content judged differently, side by side, with the ways to make it one. A
//! person chooses which holds; nothing is chosen here.

use super::nav::{Blad, Nav};
use super::sent::{Fields, Sent, to, wrong};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::{Vrager, Zicht};
use crate::web::{Frame, blocking, labels, page};
use crate::zaken::schifting::JUDGES;
use crate::zaken::tegenstrijdig::{Gelijk, Lid, Soort, Standpunt, Tegenstrijdig, Tussen};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::Arc;
use zv_shared::DocId;
use zv_shared::index::Snapshot;

/// One of the documents.
struct Side {
    id: String,
    address: String,
    title: String,
    place: String,
    waarde: String,
    who: String,
    seen: u64,
}

struct Group {
    soort: &'static str,
    /// Whether it is one mail in several mailboxes.
    mail: bool,
    sides: Vec<Side>,
}

/// A document that was judged differently in another case.
struct Between {
    here: Side,
    address: String,
    nummer: String,
    what: String,
    when: String,
}

#[derive(Template)]
#[template(path = "zaak-tegenstrijdig.html")]
struct ConflictsPage {
    frame: Frame,
    nav: Nav,
    groups: Vec<Group>,
    between: Vec<Between>,
    judges: bool,
}

/// All contradictions.
pub async fn show(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
) -> Result<Response, Problem> {
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        page(&conflicts(&app, &zicht)?)
    })
    .await
}

fn conflicts(app: &App, zicht: &Zicht) -> Result<ConflictsPage, Problem> {
    let names = app.store.names()?;
    let snapshot = app.snapshot(zicht)?;
    let zaak = &zicht.zaak;
    let side = |one: Standpunt| side(zicht, &*snapshot, &names, one);
    let group = |group: Tegenstrijdig| -> Result<Group, Problem> {
        Ok(Group {
            soort: group.soort.name(),
            mail: group.inhoud.is_none(),
            sides: group
                .documenten
                .into_iter()
                .map(side)
                .collect::<Result<_, _>>()?,
        })
    };
    let between = |Tussen { hier, daar }: Tussen| -> Result<Between, Problem> {
        Ok(Between {
            here: side(hier)?,
            address: format!("/zaken/{}", daar.zaak),
            what: daar.beoordeling().unwrap_or_default(),
            when: labels::moment(daar.wanneer),
            nummer: daar.nummer,
        })
    };
    let groups = app.tegenstrijdigheden(zicht)?.into_iter();
    let elsewhere = app.tegenstrijdig_elders(zicht)?.into_iter();
    Ok(ConflictsPage {
        frame: Frame::new(app, &zicht.actor, "Tegenstrijdig"),
        nav: Nav::below(app, &zicht.actor, zaak, Blad::Schiften)?,
        groups: groups.map(group).collect::<Result<_, _>>()?,
        between: elsewhere.map(between).collect::<Result<_, _>>()?,
        judges: zaak.gesloten.is_none() && zicht.actor.is_any(&JUDGES),
    })
}

fn side(
    zicht: &Zicht,
    snapshot: &dyn Snapshot,
    names: &BTreeMap<String, String>,
    one: Standpunt,
) -> Result<Side, Problem> {
    let id = one.document.to_string();
    let found = snapshot.doc(one.document)?;
    let name = names.get(&one.door).map_or("", String::as_str);
    Ok(Side {
        address: format!(
            "/zaken/{}/schiften/tegenstrijdig?document={id}",
            zicht.zaak.id
        ),
        title: match &found {
            Some(document) => document.title.clone(),
            None => format!("Document {id} staat niet meer in de index"),
        },
        place: found.map_or_else(String::new, |document| {
            format!("{}/{}", document.bron, document.place)
        }),
        waarde: one.waarde,
        who: format!("{name}, {}", labels::moment(one.wanneer)),
        seen: one.record,
        id,
    })
}

/// Gives the others what one of them has.
pub async fn take_over(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let wanted = wanted(&Fields::read(sent)?)?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.trek_gelijk(&zicht, &wanted)?;
        Ok(to(format!("/zaken/{}/tegenstrijdig", zicht.zaak.id)))
    })
    .await
}

/// `lid`: each document of the group with the record that was shown, as `id:record`; `document`: which one all become like.
fn wanted(fields: &Fields) -> Result<Gelijk, Problem> {
    let document: DocId = field(&fields.text("document"), "document")?;
    let (mut voorbeeld, mut andere) = (None, Vec::new());
    for member in fields.all("lid") {
        let (id, seen) = member.split_once(':').ok_or_else(|| wrong("lid"))?;
        let one = Lid {
            document: field(id, "lid")?,
            gezien: field(seen, "lid")?,
        };
        match one.document == document {
            true => voorbeeld = Some(one),
            false => andere.push(one),
        }
    }
    Ok(Gelijk {
        soort: Soort::named(&fields.text("soort")).ok_or_else(|| wrong("soort"))?,
        voorbeeld: voorbeeld.ok_or_else(|| wrong("document"))?,
        andere,
    })
}

fn field<T: std::str::FromStr>(text: &str, name: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| wrong(name))
}
