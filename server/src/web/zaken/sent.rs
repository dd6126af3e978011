//! What is sent from the pages of a case: the fields of a form, and one change, and back to the page that it was sent
//! from. Never trusts a field.

use super::nav::Blad;
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::blocking;
use crate::zaken::{Intake, Soort, Zaak};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use std::sync::Arc;

/// A form as it comes in.
pub type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

/// The fields of a form.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads them.
    pub fn read(sent: Sent) -> Result<Self, Problem> {
        let Form(fields) = sent.map_err(|rejection| Problem::from_status(rejection.status()))?;
        Ok(Fields(fields))
    }

    /// All values with this name, without spaces around them.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.trim())
    }

    /// The first of them; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default().to_owned()
    }

    /// The first value with this name as it was typed, with the spaces around it.
    pub fn untouched(&self, name: &str) -> &str {
        let named = self.0.iter().find(|(known, _)| known == name);
        named.map_or("", |(_, value)| value)
    }

    /// The first of them as a number.
    pub fn number(&self, name: &str) -> Result<u32, Problem> {
        self.text(name).parse().map_err(|_| wrong(name))
    }

    /// The first of them as a number, which may be left open.
    pub fn number_or_none<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        match self.text(name).is_empty() {
            true => Ok(None),
            false => self.text(name).parse().map(Some).map_err(|_| wrong(name)),
        }
    }

    /// The first of them as a day.
    pub fn day(&self, name: &str) -> Result<Date, Problem> {
        let text = self.text(name);
        text.parse()
            .map_err(|_| Problem::request(format!("Vul een datum in bij '{name}'.")))
    }

    /// A day that may be left open.
    pub fn day_or_none(&self, name: &str) -> Result<Option<Date>, Problem> {
        match self.text(name).is_empty() {
            true => Ok(None),
            false => self.day(name).map(Some),
        }
    }
}

/// A field that is not what the page sends.
pub fn wrong(name: &str) -> Problem {
    Problem::request(format!("Het formulierveld '{name}' klopt niet."))
}

/// The answer that leads to another page.
pub fn to(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// Makes a change in a case and goes back to a place on the page that it was sent from.
pub async fn change(
    (app, actor, zaak): (Arc<App>, Actor, String),
    (blad, place): (Blad, &'static str),
    sent: Sent,
    work: impl FnOnce(&App, &Actor, &Zaak, &Fields) -> Result<(), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let zaak = match blad {
            // Who grants need not take part; he changes nothing else.
            Blad::Machtigingen => app.zaak_of(&actor, &zaak)?,
            _ => app.zaak_inside(&actor, &zaak)?,
        };
        work(&app, &actor, &zaak, &fields)?;
        Ok(to(format!("{}#{place}", blad.address(&zaak.id))))
    })
    .await
}

/// Opens a case.
pub async fn create(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    sent: Sent,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let intake = Intake {
            nummer: fields.text("nummer"),
            soort: Soort::named(&fields.text("soort")).ok_or_else(|| wrong("soort"))?,
            titel: fields.text("titel"),
            verzoek: fields.text("verzoek"),
            verzoeker: fields.text("verzoeker"),
            ontvangen: fields.day("ontvangen")?,
        };
        let zaak = app.store.open_zaak(&actor, &intake)?;
        Ok(to(format!("/zaken/{}", zaak.id)))
    })
    .await
}
