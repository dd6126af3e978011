//! The steps of the protocol in one case: what is done, and what still has to be done. Says only what who looks may
//! know. Never changes anything.

use super::nav::Blad;
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::uitvoer::register::VOERT_UIT;
use crate::web::labels::{self, count};
use crate::zaken::Zaak;
use crate::zaken::schifting::Waarde;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing has to be done.
    Klaar,
    /// Begun, with something left.
    Bezig,
    /// Not begun.
    Open,
    /// Not begun, and it need not be.
    Vrij,
}

/// A step.
pub struct Stap {
    /// What it is.
    pub naam: &'static str,
    /// The page where it is done.
    pub address: String,
    /// How it stands.
    pub stand: Stand,
    /// The same in words.
    pub zin: String,
    /// What has to be done; empty when nothing.
    pub doe: &'static str,
}

impl Stap {
    /// The word beside it.
    pub fn woord(&self) -> &'static str {
        match self.stand {
            Stand::Klaar => "klaar",
            Stand::Bezig => "bezig",
            Stand::Open => "nog te doen",
            Stand::Vrij => "hoeft niet",
        }
    }

    /// The name of its look.
    pub fn klasse(&self) -> &'static str {
        match self.stand {
            Stand::Klaar => "klaar",
            Stand::Bezig => "bezig",
            Stand::Open => "open",
            Stand::Vrij => "vrij",
        }
    }
}

/// What a step comes to.
type Staat = (Stand, String, &'static str);

/// The steps of a case in their order.
pub fn stappen(app: &App, actor: &Actor, zaak: &Zaak) -> Result<Vec<Stap>, Problem> {
    let mut steps = Vec::new();
    let mut add = |naam: &'static str, blad: Blad, (stand, zin, doe): Staat| {
        // Without accounts nothing is asked of anybody; in a closed case nothing can be done any more.
        let stand = match stand {
            Stand::Open if zaak.is_local() || zaak.gesloten.is_some() => Stand::Vrij,
            stand => stand,
        };
        let doe = if zaak.gesloten.is_some() { "" } else { doe };
        steps.push(Stap {
            naam,
            address: blad.address(&zaak.id),
            stand,
            zin,
            doe,
        });
    };
    // Without accounts there is one person, who needs no machtiging.
    if !actor.is_local() {
        add("Mensen", Blad::Overzicht, people(app, zaak)?);
        add("Machtigingen", Blad::Machtigingen, grants(app, zaak)?);
    }
    if !app.sees_inside(actor, zaak)? {
        return Ok(steps);
    }
    add("Afbakening", Blad::Zoekplan, scope(app, zaak)?);
    add("Zoekplan", Blad::Zoekplan, plan(app, zaak)?);
    add("Vragen aan personen", Blad::Navragen, asked(app, zaak)?);
    add("Zoeken", Blad::Zoeken, searched(app, zaak)?);
    if app.why_no_zicht(actor, zaak)?.is_none() {
        let zicht = app.zicht(actor, Some(&zaak.id))?;
        add("Schiften", Blad::Schiften, sifted(app, &zicht)?);
        add("Beoordelen", Blad::Schiften, judged(app, &zicht)?);
    }
    add("Uitvoer", Blad::Uitvoer, taken_out(app, zaak)?);
    if actor.is_any(&VOERT_UIT) {
        add(
            "Zoekverantwoording",
            Blad::Verantwoording,
            account(app, zaak)?,
        );
    }
    if !zaak.is_local() {
        add("Besluit", Blad::Overzicht, decided(zaak));
    }
    Ok(steps)
}

fn people(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let members = app.store.members(&zaak.id)?.len() as u64;
    let zin = format!(
        "{} aan de zaak.",
        count(members, "persoon werkt", "personen werken")
    );
    Ok(match members {
        0 | 1 => (
            Stand::Open,
            zin,
            "Kies wie aan de zaak werken. Dat doet een regisseur.",
        ),
        _ => (Stand::Klaar, zin, ""),
    })
}

fn grants(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let all = app.store.machtigingen(&zaak.id)?;
    let today = app.store.today();
    let holding = all.iter().filter(|one| one.why_not(today).is_none());
    let last = holding.clone().map(|one| one.verlening.tot).max();
    Ok(match last {
        None => (
            Stand::Open,
            "Er geldt geen machtiging. Zonder machtiging kan niemand zoeken.".to_owned(),
            "Laat een beheerder autorisatie een machtiging verlenen.",
        ),
        Some(last) => {
            let many = count(
                holding.count() as u64,
                "machtiging geldt",
                "machtigingen gelden",
            );
            let day = labels::day(&last.to_string());
            (Stand::Klaar, format!("{many}, tot en met {day}."), "")
        }
    })
}

fn scope(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let Some(last) = app.store.afbakeningen(&zaak.id)?.pop() else {
        let zin = "Nog niet vastgelegd.".to_owned();
        return Ok((Stand::Open, zin, "Leg vast waar het verzoek over gaat."));
    };
    let versie = last.nummer;
    Ok(match last.inhoud.afgestemd_op {
        Some(day) => {
            let day = labels::day(&day.to_string());
            (
                Stand::Klaar,
                format!("Versie {versie}, afgestemd met de verzoeker op {day}."),
                "",
            )
        }
        None => (
            Stand::Bezig,
            format!("Versie {versie}, nog niet afgestemd met de verzoeker."),
            "Stem de afbakening af en leg vast wanneer en hoe.",
        ),
    })
}

fn plan(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let Some(last) = app.store.zoekplannen(&zaak.id)?.pop() else {
        let zin = "Nog niet geschreven.".to_owned();
        return Ok((
            Stand::Open,
            zin,
            "Schrijf op waarnaar en waarin u gaat zoeken.",
        ));
    };
    let versie = last.nummer;
    let approved = app.store.goedkeuringen(&zaak.id)?;
    Ok(match approved.iter().find(|one| one.versie == versie) {
        Some(one) => {
            let when = labels::moment(one.wanneer);
            (
                Stand::Klaar,
                format!("Versie {versie}, goedgekeurd op {when}."),
                "",
            )
        }
        None => (
            Stand::Bezig,
            format!("Versie {versie}, nog niet goedgekeurd."),
            "Het zoekplan moet nog goedgekeurd worden.",
        ),
    })
}

fn asked(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let all = app.store.navragen(&zaak.id)?;
    let last = all.iter().filter_map(|one| one.versies.last());
    let open = last
        .filter(|last| last.inhoud.antwoord.trim().is_empty())
        .count() as u64;
    let many = count(all.len() as u64, "vraag vastgelegd", "vragen vastgelegd");
    Ok(match (all.is_empty(), open) {
        (true, _) => (
            Stand::Vrij,
            "Geen vragen vastgelegd.".to_owned(),
            "Vroeg u iemand naar documenten? Leg de vraag letterlijk vast.",
        ),
        (false, 0) => (Stand::Klaar, format!("{many}, alle met antwoord."), ""),
        (false, open) => (
            Stand::Bezig,
            format!("{many}, {} zonder antwoord.", labels::number(open)),
            "Leg de antwoorden vast.",
        ),
    })
}

fn searched(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let done = app.store.gezocht(&zaak.id)?;
    let rounds = app.store.rondes(&zaak.id)?;
    let acties = count(done.zoekacties, "zoekactie", "zoekacties");
    let many = count(rounds.len() as u64, "ronde", "rondes");
    if done.zoekacties == 0 {
        let zin = "Er is nog niet gezocht.".to_owned();
        return Ok((Stand::Open, zin, "Open een ronde en zoek."));
    }
    if let Some(open) = rounds.iter().find(|ronde| ronde.gesloten.is_none()) {
        let zin = format!(
            "{acties}, waarvan {} in een ronde. Ronde {} is open.",
            labels::number(done.in_ronde),
            open.nummer
        );
        return Ok((
            Stand::Bezig,
            zin,
            "Zet de zoekacties die tellen in de ronde en sluit hem.",
        ));
    }
    if done.in_ronde == 0 {
        let zin = format!("{acties}, alle verkennend.");
        let local = if zaak.is_local() {
            Stand::Klaar
        } else {
            Stand::Bezig
        };
        return Ok((
            local,
            zin,
            "Open een ronde en zet daarin de zoekacties die tellen.",
        ));
    }
    let zin = format!("{acties} in {many}. Alle rondes zijn gesloten.");
    Ok((Stand::Klaar, zin, ""))
}

fn sifted(app: &App, zicht: &Zicht) -> Result<Staat, Problem> {
    let sifted = app.geschift(zicht)?;
    let total: u64 = sifted.per_waarde.values().sum();
    let relevant = sifted
        .per_waarde
        .get(&Waarde::Relevant)
        .copied()
        .unwrap_or(0);
    let doubt = sifted
        .per_waarde
        .get(&Waarde::Twijfel)
        .copied()
        .unwrap_or(0);
    let mut zin = match total {
        0 => "Nog niets geschift.".to_owned(),
        total => format!(
            "{} geschift, waarvan {} relevant.",
            count(total, "document", "documenten"),
            labels::number(relevant)
        ),
    };
    match sifted.in_rondes {
        None => zin.push_str(" Wat in de rondes gevonden is, is nog niet te tellen."),
        Some(found) if found > 0 && sifted.nog > 0 => {
            let left = count(sifted.nog, "document", "documenten");
            zin.push_str(&format!(
                " Van wat in rondes gevonden is, nog niet: {left}."
            ));
        }
        Some(_) => {}
    }
    if doubt > 0 {
        zin.push_str(&format!(" Twijfel: {}.", labels::number(doubt)));
    }
    let done = sifted.in_rondes.is_some() && sifted.nog == 0 && doubt == 0;
    Ok(match (total, done) {
        (0, _) => (Stand::Open, zin, "Schift de treffers van een zoekactie."),
        (_, true) => (Stand::Klaar, zin, ""),
        (_, false) => (Stand::Bezig, zin, "Schift wat over is, en wat twijfel is."),
    })
}

fn judged(app: &App, zicht: &Zicht) -> Result<Staat, Problem> {
    let done = app.store.beoordeeld(zicht)?;
    if done.relevant == 0 {
        return Ok((Stand::Open, "Er is nog niets relevant.".to_owned(), ""));
    }
    let zin = format!(
        "Van {} beoordeeld: {}. Definitief: {}.",
        count(done.relevant, "relevant document", "relevante documenten"),
        labels::number(done.beoordeeld),
        labels::number(done.definitief)
    );
    let (all, fixed) = (
        done.beoordeeld == done.relevant,
        done.definitief == done.relevant,
    );
    Ok(match (done.beoordeeld, all, fixed) {
        (_, true, true) => (Stand::Klaar, zin, ""),
        (0, ..) => (
            Stand::Open,
            zin,
            "Beoordeel wat er van elk document openbaar wordt.",
        ),
        (_, false, _) => (Stand::Bezig, zin, "Beoordeel de rest."),
        (_, true, false) => (
            Stand::Bezig,
            zin,
            "Maak de beoordelingen definitief; wie beoordeelde, doet dat niet zelf.",
        ),
    })
}

fn taken_out(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    let numbered = app.store.numbered(&zaak.id)?;
    let out = app.store.uitgevoerd(&zaak.id)?;
    let numbers = match numbered {
        0 => "Nog geen documentnummers.".to_owned(),
        many => format!(
            "{}.",
            count(
                many,
                "document heeft een nummer",
                "documenten hebben een nummer"
            )
        ),
    };
    Ok(match (numbered, out.keer) {
        (0, 0) => (
            Stand::Open,
            numbers,
            "Geef nummers, en maak de lijsten en het pakket.",
        ),
        (_, 0) => (
            Stand::Bezig,
            format!("{numbers} Nog niets uitgevoerd."),
            "Maak de lijsten en het pakket.",
        ),
        (_, keer) => (
            Stand::Klaar,
            format!(
                "{numbers} {}.",
                count(keer, "keer uitgevoerd", "keer uitgevoerd")
            ),
            "",
        ),
    })
}

fn account(app: &App, zaak: &Zaak) -> Result<Staat, Problem> {
    Ok(match app.store.uitgevoerd(&zaak.id)?.verantwoording {
        Some(when) => (
            Stand::Klaar,
            format!("Opgehaald op {}.", labels::moment(when)),
            "",
        ),
        None => (
            Stand::Open,
            "Nog niet opgehaald.".to_owned(),
            "Lees de verantwoording na, maskeer namen, en haal haar op.",
        ),
    })
}

fn decided(zaak: &Zaak) -> Staat {
    let day = |day: jiff::civil::Date| labels::day(&day.to_string());
    match (zaak.besluit_op, zaak.gesloten) {
        (Some(on), Some(_)) => (
            Stand::Klaar,
            format!("Besluit op {}. De zaak is gesloten.", day(on)),
            "",
        ),
        (None, Some(_)) => (Stand::Klaar, "De zaak is gesloten.".to_owned(), ""),
        (Some(on), None) => (
            Stand::Bezig,
            format!("Besluit op {}.", day(on)),
            "Sluit de zaak als alles gedaan is.",
        ),
        (None, None) => (
            Stand::Open,
            "De dag van het besluit is nog niet bekend.".to_owned(),
            "Vul de dag van het besluit in.",
        ),
    }
}
