//! The page of everybody's rights, for who looks at them once a year, and the same as a table to keep. Never changes a
//! right: that is done where it was given.

use super::zaken::{Fields, Sent};
use super::{Frame, blocking, labels, page};
use crate::api::disposition;
use crate::audit::{Event, hex};
use crate::mensen::beheer::MANAGES;
use crate::mensen::nakijken::{LOOKS, Rechten};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::tabel::{Cel, Kolom, Tabel, Vorm};
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An account with what it may, in words.
struct Line {
    id: String,
    naam: String,
    inlognaam: String,
    stand: String,
    rollen: String,
    schijven: String,
    machtigingen: Vec<String>,
    tokens: Vec<String>,
    actief: String,
    nagekeken: String,
    /// Whether somebody has to look at it.
    te_laat: bool,
    /// Whether who looks at the page may say that it was looked at.
    kan: bool,
}

#[derive(Template)]
#[template(path = "rechten.html")]
struct RightsPage {
    frame: Frame,
    regels: Vec<Line>,
    te_laat: usize,
}

fn line(one: &Rechten, names: &BTreeMap<String, String>) -> Line {
    let name = |id: &str| names.get(id).map_or(id, String::as_str).to_owned();
    let roles: Vec<&str> = one.account.rollen.iter().map(|role| role.label()).collect();
    let stand = if one.account.uit { "uit" } else { "aan" };
    let from = if one.organisatie {
        ", via de organisatie"
    } else {
        ""
    };
    let granted = one.machtigingen.iter().map(|granted| {
        let (bronnen, tot) = (granted.bronnen.join(", "), labels::day(&granted.tot));
        format!(
            "zaak {}: {bronnen}, tot en met {tot}, van {}",
            granted.zaak,
            name(&granted.door)
        )
    });
    let tokens = one.tokens.iter().map(|token| {
        let scope: Vec<&str> = token.bereik.iter().map(|scope| scope.name()).collect();
        let used = token.gebruikt.map_or("nooit gebruikt".to_owned(), |at| {
            format!("gebruikt op {}", labels::moment(at))
        });
        let ends = labels::moment(token.verloopt);
        format!(
            "{}: {} ({}), tot {ends}, {used}",
            token.nummer,
            token.naam,
            scope.join(", ")
        )
    });
    Line {
        id: one.account.id.clone(),
        naam: one.account.naam.clone(),
        inlognaam: one.account.inlognaam.clone(),
        stand: format!("{stand}{from}"),
        rollen: roles.join(", "),
        schijven: labels::count(
            one.principalen as u64,
            "gebruiker of groep",
            "gebruikers en groepen",
        ),
        machtigingen: granted.collect(),
        tokens: tokens.collect(),
        actief: one.actief.map_or("nooit".to_owned(), labels::moment),
        nagekeken: one
            .nagekeken
            .as_ref()
            .map_or("nog nooit".to_owned(), |seen| {
                let remark = match seen.opmerking.as_str() {
                    "" => String::new(),
                    remark => format!(": {remark}"),
                };
                format!(
                    "{} door {}{remark}",
                    labels::moment(seen.op),
                    name(&seen.door)
                )
            }),
        te_laat: false,
        kan: false,
    }
}

/// Everybody with what they may.
fn lines(app: &App) -> Result<Vec<Line>, Problem> {
    let (names, now) = (app.store.names()?, app.store.now());
    let all = app.store.all_rights()?;
    let shown = all.iter().map(|one| Line {
        te_laat: one.is_overdue(now),
        ..line(one, &names)
    });
    Ok(shown.collect())
}

/// The page.
pub async fn show(State(app): State<Arc<App>>, Vrager(actor): Vrager) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS)?;
        let may = actor.is_any(&MANAGES);
        let mut regels = lines(&app)?;
        for one in &mut regels {
            one.kan = may && one.id != actor.id;
        }
        page(&RightsPage {
            frame: Frame::new(&app, &actor, "Rechten nakijken"),
            te_laat: regels.iter().filter(|one| one.te_laat).count(),
            regels,
        })
    })
    .await
}

/// Somebody looked at an account.
pub async fn look(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        app.must_be(&actor, &MANAGES)?;
        let (account, remark) = (fields.text("account"), fields.text("opmerking"));
        app.store.look_at_rights(&actor, &account, &remark)?;
        let back = format!("/rechten#account-{account}");
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response())
    })
    .await
}

const COLUMNS: [Kolom<'static>; 10] = [
    Kolom::id("Kenmerk"),
    Kolom::new("Naam"),
    Kolom::new("Inlognaam"),
    Kolom::new("Stand"),
    Kolom::new("Rollen"),
    Kolom::new("Op de schijven"),
    Kolom::new("Machtigingen"),
    Kolom::new("Tokens"),
    Kolom::new("Laatst actief"),
    Kolom::new("Nagekeken"),
];

/// The same as a table; that it was taken out is recorded with its hash.
pub async fn export(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
) -> Result<Response, Problem> {
    blocking(move || {
        app.must_be(&actor, &LOOKS)?;
        let mut bytes = Vec::new();
        let work = crate::uitvoer::bestand::work_folder(&app.folder);
        let mut table = Tabel::new(Vorm::Csv, "Rechten", &COLUMNS, &mut bytes, &work)?;
        let all = lines(&app)?;
        for one in &all {
            let (granted, tokens) = (one.machtigingen.join("\n"), one.tokens.join("\n"));
            let late = if one.te_laat { " (te laat)" } else { "" };
            let seen = format!("{}{late}", one.nagekeken);
            table.row(&[
                Cel::Tekst(&one.id),
                Cel::Tekst(&one.naam),
                Cel::Tekst(&one.inlognaam),
                Cel::Tekst(&one.stand),
                Cel::Tekst(&one.rollen),
                Cel::Tekst(&one.schijven),
                Cel::Tekst(&granted),
                Cel::Tekst(&tokens),
                Cel::Tekst(&one.actief),
                Cel::Tekst(&seen),
            ])?;
        }
        table.finish()?;
        let data = json!({"aantal": all.len(), "sha256": hex(&Sha256::digest(&bytes))});
        let event = Event::done(&actor, "rechten.uitgevoerd", "", data);
        app.store.log(&event)?;
        let name = format!("rechten-{}.csv", app.store.today());
        let headers = [
            (header::CONTENT_TYPE, Vorm::Csv.mediatype().to_owned()),
            (header::CONTENT_DISPOSITION, disposition(&name)),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}
