//! What is sent from the page of what leaves a case: hit lists, packages of originals, document numbers, and the drawing
//! of a sample. Owns the forms; what is made is the same as over the API.

use super::blocking;
use crate::api::{lijsten, made, pakketten};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::uitvoer::lijst::{Profiel, Vorm};
use crate::uitvoer::productierapport::Groep;
use crate::uitvoer::verzameling::Keuze;
use crate::zaken::indeling::Deel;
use crate::zaken::schifting::JUDGES;
use crate::zaken::steekproef::{Soort, Trekking};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Of which documents: the number of a zoekactie, `relevant`, `deelbesluit-1` or `belanghebbende-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Van(Keuze);

impl<'de> Deserialize<'de> for Van {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |text: &str| text.parse().map_err(serde::de::Error::custom);
        Ok(Van(match text.split_once('-') {
            None if text == "relevant" => Keuze::Relevant,
            None => Keuze::Zoekactie(number(&text)?),
            Some((soort, nummer)) => {
                let deel = Deel::named(soort, number(nummer)?);
                Keuze::Deel(deel.ok_or_else(|| serde::de::Error::custom("onbekend"))?)
            }
        }))
    }
}

/// A list that is asked for.
#[derive(Deserialize)]
pub struct ListForm {
    van: Van,
    profiel: Profiel,
    vorm: Vorm,
}

/// A package that is asked for.
#[derive(Deserialize)]
pub struct PackageForm {
    van: Van,
    tekst: Option<String>,
}

/// A sample that is asked for.
#[derive(Deserialize)]
pub struct SampleForm {
    zoekactie: u32,
    soort: Soort,
    aantal: u32,
}

/// Numbers that are asked for.
#[derive(Deserialize)]
pub struct NumbersForm {
    families: Option<String>,
}

type Sent<T> = Result<Form<T>, FormRejection>;

fn read<T>(sent: Sent<T>) -> Result<T, Problem> {
    let Form(sent) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
    Ok(sent)
}

/// A hit list as a file.
pub async fn list(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent<ListForm>,
) -> Result<Response, Problem> {
    let form = read(sent)?;
    // A load file is no table: it has one form.
    let vorm = match form.profiel {
        Profiel::LoadFile => Vorm::Dat,
        _ => form.vorm,
    };
    let order = lijsten::Order {
        keuze: form.van.0,
        profiel: form.profiel,
        vorm,
        groep: Groep::default(),
    };
    made(move |weg| lijsten::make(&app, &actor, &zaak, Ok(order), weg)).await
}

/// A package of originals as a file.
pub async fn package(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent<PackageForm>,
) -> Result<Response, Problem> {
    let form = read(sent)?;
    let order = pakketten::Order {
        keuze: form.van.0,
        tekst: form.tekst.is_some(),
    };
    made(move |weg| pakketten::make(&app, &actor, &zaak, Ok(order), weg)).await
}

/// Gives numbers to the relevant documents.
pub async fn numbers(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent<NumbersForm>,
) -> Result<Response, Problem> {
    let form = read(sent)?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.number(&zicht, form.families.is_some())?;
        Ok(to(format!("/zaken/{zaak}/uitvoer#nummers")))
    })
    .await
}

/// Draws a sample and goes to its page.
pub async fn sample(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent<SampleForm>,
) -> Result<Response, Problem> {
    let form = read(sent)?;
    blocking(move || {
        let zicht = app.zicht(&actor, Some(&zaak))?;
        app.must_be(&actor, &JUDGES)?;
        let drawing = Trekking {
            zoekactie: form.zoekactie,
            soort: form.soort,
            aantal: form.aantal,
            zaad: None,
        };
        let number = app.draw_sample(&zicht, &drawing)?;
        Ok(to(format!("/zaken/{zaak}/steekproeven/{number}")))
    })
    .await
}

fn to(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
