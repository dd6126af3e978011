//! What is sent from the pages of a case: from the fields of a form to one change, and back to its place on the page.
//! Never trusts a field.

use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Vrager;
use crate::web::blocking;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::machtiging::{Rubricering, Verlening};
use crate::zaken::navraag::Navraag;
use crate::zaken::plan::{Begrip, NietDoorzocht, Zoekplan};
use crate::zaken::termijn::{Stap, Verlenging};
use crate::zaken::{Intake, Soort, Zaak};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
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

    /// The first of them as a number.
    pub fn number(&self, name: &str) -> Result<u32, Problem> {
        self.text(name).parse().map_err(|_| wrong(name))
    }

    fn day(&self, name: &str) -> Result<Date, Problem> {
        let text = self.text(name);
        text.parse()
            .map_err(|_| Problem::request(format!("Vul een datum in bij '{name}'.")))
    }

    /// A day that may be left open.
    fn day_or_none(&self, name: &str) -> Result<Option<Date>, Problem> {
        match self.text(name).is_empty() {
            true => Ok(None),
            false => self.day(name).map(Some),
        }
    }
}

fn wrong(name: &str) -> Problem {
    Problem::request(format!("Het formulierveld '{name}' klopt niet."))
}

fn to(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// Makes a change in a case and goes back to `place` on its page.
async fn change(
    (app, actor, zaak): (Arc<App>, Actor, String),
    place: &'static str,
    sent: Sent,
    work: impl FnOnce(&App, &Actor, &Zaak, &Fields) -> Result<(), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let fields = Fields::read(sent)?;
    blocking(move || {
        let zaak = app.zaak_of(&actor, &zaak)?;
        work(&app, &actor, &zaak, &fields)?;
        Ok(to(format!("/zaken/{}#{place}", zaak.id)))
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

/// Grants a machtiging.
pub async fn grant(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "machtigingen",
        sent,
        |app, actor, zaak, fields| {
            let verlening = Verlening {
                aan: fields.all("aan").map(str::to_owned).collect(),
                doel: fields.text("doel"),
                bronnen: fields.all("bron").map(str::to_owned).collect(),
                plafond: Rubricering::named(&fields.text("plafond"))
                    .ok_or_else(|| wrong("plafond"))?,
                van: fields.day("van")?,
                tot: fields.day("tot")?,
            };
            app.store
                .grant(actor, zaak, app.settings.machtiging, &verlening)?;
            Ok(())
        },
    )
    .await
}

/// Withdraws a machtiging.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "machtigingen",
        sent,
        move |app, actor, zaak, _| Ok(app.store.withdraw(actor, zaak, &id)?),
    )
    .await
}

/// Changes the afbakening.
pub async fn afbakening(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "afbakening",
        sent,
        |app, actor, zaak, fields| {
            let inhoud = Afbakening {
                onderwerp: fields.text("onderwerp"),
                van: fields.day_or_none("van")?,
                tot: fields.day_or_none("tot")?,
                uitgesloten: fields.text("uitgesloten"),
                afgestemd_hoe: fields.text("afgestemd_hoe"),
                afgestemd_op: fields.day_or_none("afgestemd_op")?,
            };
            app.store
                .set_afbakening(actor, zaak, fields.number("gezien")?, &inhoud)?;
            Ok(())
        },
    )
    .await
}

/// Changes the zoekplan.
pub async fn plan(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "zoekplan",
        sent,
        |app, actor, zaak, fields| {
            let lines = fields.text("begrippen");
            let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            // A source that is not ticked stands there with its reason, in the same order.
            let left_out = fields.all("niet").zip(fields.all("reden"));
            let left_out = left_out.filter(|(bron, reason)| {
                !reason.is_empty() && !fields.all("bron").any(|one| one == *bron)
            });
            let plan = Zoekplan {
                begrippen: lines.map(concept).collect(),
                bronnen: fields.all("bron").map(str::to_owned).collect(),
                niet_doorzocht: left_out
                    .map(|(bron, reden)| NietDoorzocht {
                        bron: bron.to_owned(),
                        reden: reden.to_owned(),
                    })
                    .collect(),
                bekende_gaten: fields.text("bekende_gaten"),
                van: fields.day_or_none("van")?,
                tot: fields.day_or_none("tot")?,
                toelichting: fields.text("toelichting"),
            };
            app.store
                .set_zoekplan(actor, zaak, fields.number("gezien")?, &plan)?;
            Ok(())
        },
    )
    .await
}

/// `begrip: term; term`
fn concept(line: &str) -> Begrip {
    let (naam, terms) = line.split_once(':').unwrap_or((line, ""));
    let terms = terms
        .split(';')
        .map(str::trim)
        .filter(|term| !term.is_empty());
    Begrip {
        naam: naam.trim().to_owned(),
        termen: terms.map(str::to_owned).collect(),
    }
}

/// Approves the zoekplan.
pub async fn approve(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, versie)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "zoekplan",
        sent,
        move |app, actor, zaak, _| Ok(app.store.approve_zoekplan(actor, zaak, versie)?),
    )
    .await
}

/// Notes a question to somebody, or its answer.
pub async fn ask(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "navragen",
        sent,
        |app, actor, zaak, fields| {
            let answered = fields.text("nummer");
            if answered.is_empty() {
                let navraag = Navraag {
                    functie: fields.text("functie"),
                    persoon: fields.text("persoon"),
                    datum: fields.day("datum")?,
                    vraag: fields.text("vraag"),
                    antwoord: String::new(),
                    antwoord_op: None,
                    documenten: None,
                    schifting: String::new(),
                };
                app.store.ask(actor, zaak, None, &navraag)?;
                return Ok(());
            }
            let (nummer, seen) = (fields.number("nummer")?, fields.number("gezien")?);
            let all = app.store.navragen(&zaak.id)?;
            let last = all.into_iter().find(|asked| asked.nummer == nummer);
            let last = last.and_then(|asked| asked.versies.into_iter().next_back());
            let last = last
                .ok_or_else(|| Problem::not_found("Deze vraag bestaat niet."))?
                .inhoud;
            let documents = fields.text("documenten");
            let navraag = Navraag {
                antwoord: fields.text("antwoord"),
                antwoord_op: fields.day_or_none("antwoord_op")?,
                documenten: match documents.is_empty() {
                    true => None,
                    false => Some(documents.parse().map_err(|_| wrong("documenten"))?),
                },
                schifting: fields.text("schifting"),
                ..last
            };
            app.store.ask(actor, zaak, Some((nummer, seen)), &navraag)?;
            Ok(())
        },
    )
    .await
}

/// Opens a round.
pub async fn open_round(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "rondes",
        sent,
        |app, actor, zaak, fields| {
            app.store.open_ronde(actor, zaak, &fields.text("doel"))?;
            Ok(())
        },
    )
    .await
}

/// Closes the open round.
pub async fn close_round(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "rondes",
        sent,
        |app, actor, zaak, fields| {
            let known = crate::runs::coverage(&app.folder).map_err(Problem::fault)?;
            let names: Vec<String> = known.into_iter().map(|bron| bron.naam).collect();
            app.store
                .close_ronde(actor, zaak, &fields.text("conclusie"), &names)?;
            Ok(())
        },
    )
    .await
}

/// Puts a zoekactie in the open round.
pub async fn put(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path((zaak, nummer)): Path<(String, u32)>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "zoekacties",
        sent,
        move |app, actor, zaak, _| {
            app.store.put_in_ronde(actor, zaak, nummer)?;
            Ok(())
        },
    )
    .await
}

/// Says on which day is decided.
pub async fn decide(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "inhoud",
        sent,
        |app, actor, zaak, fields| {
            Ok(app
                .store
                .set_besluit(actor, zaak, fields.day_or_none("dag")?)?)
        },
    )
    .await
}

/// Opens the case again.
pub async fn reopen(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "inhoud",
        sent,
        |app, actor, zaak, fields| Ok(app.store.reopen_zaak(actor, zaak, &fields.text("reden"))?),
    )
    .await
}

/// Lets somebody take part.
pub async fn member(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "inhoud",
        sent,
        |app, actor, zaak, fields| {
            Ok(app.store.add_member(actor, zaak, &fields.text("account"))?)
        },
    )
    .await
}

/// Puts the term off, or lets it stand still.
pub async fn stretch(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change(
        (app, actor, zaak),
        "inhoud",
        sent,
        |app, actor, zaak, fields| {
            let name = fields.text("soort");
            let soort = Verlenging::ALL
                .into_iter()
                .find(|known| known.name() == name);
            let stap = Stap {
                soort: soort.ok_or_else(|| wrong("soort"))?,
                van: fields.day("van")?,
                tot: fields.day_or_none("tot")?,
                toelichting: fields.text("toelichting"),
            };
            Ok(app.store.stretch_termijn(actor, zaak, &stap)?)
        },
    )
    .await
}

/// Closes the case.
pub async fn close(
    State(app): State<Arc<App>>,
    Vrager(actor): Vrager,
    Path(zaak): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    change((app, actor, zaak), "inhoud", sent, |app, actor, zaak, _| {
        Ok(app.store.close_zaak(actor, zaak)?)
    })
    .await
}
