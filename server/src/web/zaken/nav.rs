//! What stands above every page of a case: its name, and one menu to its other pages. Owns which pages a case has and
//! who is shown the way to them. Never gives a right: each page asks for itself.

use crate::mensen::{Actor, Rol};
use crate::state::App;
use crate::store::StoreError;
use crate::uitvoer::register::VOERT_UIT;
use crate::zaken::Zaak;

/// A page in the menu of a case, in the order of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blad {
    /// What is done and what still has to be done.
    Overzicht,
    /// Who may search what.
    Machtigingen,
    /// What it is about, and how will be searched.
    Zoekplan,
    /// What was asked of whom.
    Navragen,
    /// Searching, rounds, zoekacties.
    Zoeken,
    /// Schifting and beoordeling.
    Schiften,
    /// Parts that are decided apart, and third parties.
    Deelbesluiten,
    /// Lists, packages, numbers, samples.
    Uitvoer,
    /// The account.
    Verantwoording,
    /// What was done in it, by whom.
    Auditspoor,
}

impl Blad {
    const ALL: [Blad; 10] = [
        Blad::Overzicht,
        Blad::Machtigingen,
        Blad::Zoekplan,
        Blad::Navragen,
        Blad::Zoeken,
        Blad::Schiften,
        Blad::Deelbesluiten,
        Blad::Uitvoer,
        Blad::Verantwoording,
        Blad::Auditspoor,
    ];

    /// As it stands in the menu and above the page.
    pub fn label(self) -> &'static str {
        match self {
            Blad::Overzicht => "Overzicht",
            Blad::Machtigingen => "Machtigingen",
            Blad::Zoekplan => "Afbakening en zoekplan",
            Blad::Navragen => "Vragen aan personen",
            Blad::Zoeken => "Zoeken",
            Blad::Schiften => "Schiften en beoordelen",
            Blad::Deelbesluiten => "Deelbesluiten en belanghebbenden",
            Blad::Uitvoer => "Uitvoer",
            Blad::Verantwoording => "Zoekverantwoording",
            Blad::Auditspoor => "Auditspoor",
        }
    }

    /// Its address.
    pub fn address(self, zaak: &str) -> String {
        let rest = match self {
            Blad::Overzicht => "",
            Blad::Machtigingen => "/machtigingen",
            Blad::Zoekplan => "/zoekplan",
            Blad::Navragen => "/navragen",
            Blad::Zoeken => "/zoeken",
            Blad::Schiften => "/schiften",
            Blad::Deelbesluiten => "/deelbesluiten",
            Blad::Uitvoer => "/uitvoer",
            Blad::Verantwoording => "/verantwoording",
            Blad::Auditspoor => return format!("/auditspoor?zaak={zaak}"),
        };
        format!("/zaken/{zaak}{rest}")
    }

    /// Whether it is in the menu: without accounts there is no machtiging, and what it is about and what was done is for
    /// who works on the case or checks it.
    fn is_shown(self, actor: &Actor, inside: bool) -> bool {
        match self {
            Blad::Overzicht => true,
            Blad::Machtigingen => !actor.is_local(),
            Blad::Verantwoording => inside && actor.is_any(&VOERT_UIT),
            _ => inside,
        }
    }
}

/// A link of the menu.
pub struct Link {
    /// Where it leads.
    pub address: String,
    /// Its words.
    pub label: &'static str,
    /// For `aria-current`: `page` on the page itself, `true` on a page below it; else empty.
    pub current: &'static str,
}

/// The head of a page of a case.
pub struct Nav {
    /// Id of the case.
    pub id: String,
    /// Its number.
    pub nummer: String,
    /// Its title.
    pub titel: String,
    /// Whether it is closed.
    pub gesloten: bool,
    /// The menu.
    pub links: Vec<Link>,
}

impl Nav {
    /// Above the page `blad` itself.
    pub fn on(app: &App, actor: &Actor, zaak: &Zaak, blad: Blad) -> Result<Self, StoreError> {
        Self::new(app, actor, zaak, (blad, "page"))
    }

    /// Above a page that belongs to `blad`.
    pub fn below(app: &App, actor: &Actor, zaak: &Zaak, blad: Blad) -> Result<Self, StoreError> {
        Self::new(app, actor, zaak, (blad, "true"))
    }

    fn new(
        app: &App,
        actor: &Actor,
        zaak: &Zaak,
        (here, how): (Blad, &'static str),
    ) -> Result<Self, StoreError> {
        let inside = app.sees_inside(actor, zaak)?;
        let link = |blad: Blad| Link {
            address: blad.address(&zaak.id),
            label: blad.label(),
            current: if blad == here { how } else { "" },
        };
        let shown = Blad::ALL
            .into_iter()
            .filter(|blad| blad.is_shown(actor, inside));
        Ok(Nav {
            id: zaak.id.clone(),
            nummer: zaak.intake.nummer.clone(),
            titel: zaak.intake.titel.clone(),
            gesloten: zaak.gesloten.is_some(),
            links: shown.map(link).collect(),
        })
    }
}

/// What the pages of a case offer to who looks.
#[derive(Clone, Copy, Debug)]
pub struct Mag {
    /// Whether anything may change in it.
    pub open: bool,
    /// Whether they search and judge in it.
    pub werkt: bool,
    /// Whether they lead it.
    pub leidt: bool,
    /// Whether they see what was searched.
    pub binnen: bool,
    /// Whether they take anything out of it.
    pub voert_uit: bool,
}

impl Mag {
    /// What is offered to `actor`.
    pub fn of(app: &App, actor: &Actor, zaak: &Zaak) -> Result<Self, StoreError> {
        let open = zaak.gesloten.is_none();
        let binnen = app.sees_inside(actor, zaak)?;
        let works = actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist]);
        Ok(Mag {
            open,
            binnen,
            werkt: open && binnen && works,
            voert_uit: binnen && actor.is_any(&VOERT_UIT),
            leidt: open && binnen && !zaak.is_local() && actor.is_any(&[Rol::Regisseur]),
        })
    }
}
