//! Who may see what: the one way from a request to the index. Without accounts everything is open to whoever sits at
//! this computer. With accounts nothing of the archive is found, shown, counted or hinted at outside a case and a
//! machtiging that holds today; every refusal is recorded. Never looks at what a question asks.

mod ogen;
mod vrager;

pub use ogen::{BronToegang, Ogen};
pub use vrager::{Ingelogd, Vrager, bearer, session_key};

use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::store::StoreError;
use crate::zaken::machtiging::Machtiging;
use crate::zaken::{LOCAL, Zaak};
use serde_json::json;
use std::collections::BTreeSet;
use zv_shared::index::Scope;
use zv_shared::{DocId, Document, Principals};

/// Who sees what happened to each file: names of files are hints at what they hold.
pub const LOOKS_AFTER_RUNS: [Rol; 2] = [Rol::BeheerderBronnen, Rol::Auditor];

/// The archive as somebody may see it now, in one case.
#[derive(Clone, Debug)]
pub struct Zicht {
    /// Who looks.
    pub actor: Actor,
    /// In which case.
    pub zaak: Zaak,
    /// By what right; none in the local case.
    pub machtigingen: Vec<Machtiging>,
    /// What exists for them.
    scope: Scope,
    ogen: Ogen,
}

impl Zicht {
    /// Everything that is not closed: for whoever sits at a computer without accounts.
    fn whole(app: &App, actor: &Actor, zaak: Zaak) -> Self {
        Zicht {
            actor: actor.clone(),
            zaak,
            machtigingen: Vec::new(),
            scope: Scope::everything(),
            ogen: app.ogen(Scope::everything()),
        }
    }

    /// What exists for them.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether a document of a source exists for them, as what is kept of it names it. Of a source that they see as a
    /// whole also what is in the index no more: what was judged stays known.
    pub fn sees(&self, bron: &str, document: DocId) -> bool {
        self.may_see(bron) && self.ogen.see(bron, document)
    }

    /// Whether everything of a source exists for them, but for what nobody sees.
    pub fn sees_all_of(&self, bron: &str) -> bool {
        self.scope.is_whole(bron)
    }

    /// Whether some documents of the index may not exist for them.
    pub fn is_part(&self) -> bool {
        self.ogen.is_part()
    }

    /// How sources are seen in part, for a record; nothing of those that are seen as a whole.
    pub fn toegang(&self) -> Vec<BronToegang> {
        BronToegang::of(&self.scope)
    }

    /// The id of the case for addresses; none in the local case, which needs no mention.
    pub fn zaak_id(&self) -> Option<&str> {
        (!self.zaak.is_local()).then_some(self.zaak.id.as_str())
    }

    /// Names what exists for them, for what is remembered between requests.
    pub fn key(&self) -> String {
        self.scope.key()
    }

    /// Whether something of this source may exist for them.
    pub fn may_see(&self, bron: &str) -> bool {
        self.scope.has(bron)
    }

    /// Of these sources those that they may not see.
    pub fn withheld<'a>(&self, known: impl Iterator<Item = &'a str>) -> Vec<String> {
        known
            .filter(|bron| !self.may_see(bron))
            .map(str::to_owned)
            .collect()
    }

    /// How the machtigingen were granted, as records and reports say it.
    pub fn wijze(&self) -> String {
        let granted: BTreeSet<&str> = self
            .machtigingen
            .iter()
            .map(|one| one.wijze.as_str())
            .collect();
        match granted.is_empty() {
            true => LOCAL.to_owned(),
            false => granted.into_iter().collect::<Vec<_>>().join(", "),
        }
    }

    /// A record for the audit trail of what they did in the case.
    pub fn did(
        &self,
        actie: &str,
        object: impl Into<String>,
        gegevens: serde_json::Value,
    ) -> Event {
        self.zaak.did(&self.actor, actie, object, gegevens)
    }
}

impl App {
    /// What `actor` may see in a case; without one, in the local case.
    ///
    /// # Errors
    /// [`Kind::GeenMachtiging`] when that is nothing; the refusal is recorded then.
    pub fn zicht(&self, actor: &Actor, zaak: Option<&str>) -> Result<Zicht, Problem> {
        let id = zaak.unwrap_or(LOCAL);
        let found = self.store.zaak(id)?;
        if actor.is_local() {
            let zaak = found.ok_or_else(|| Problem::not_found("Deze zaak bestaat niet."))?;
            return Ok(Zicht::whole(self, actor, zaak));
        }
        // What somebody typed for a case that is not there does not come into the trail.
        let zaak = found.as_ref().map_or("", |zaak| &zaak.id).to_owned();
        match self.granted(actor, found) {
            Ok(zicht) => Ok(zicht),
            Err(Refusal::Store(error)) => Err(error.into()),
            Err(Refusal::Not(why)) => {
                let event = Event::done(actor, "inzage", &zaak, json!({"reden": why}));
                self.store.log(&Event { zaak, ..event }.refused())?;
                Err(Problem::new(
                    Kind::GeenMachtiging,
                    crate::problem::sentence(&why),
                ))
            }
        }
    }

    /// Why `actor` may see nothing in a case now; `None` when something. Asking is no attempt: nothing is recorded.
    pub fn why_no_zicht(&self, actor: &Actor, zaak: &Zaak) -> Result<Option<String>, StoreError> {
        if actor.is_local() {
            return Ok(None);
        }
        match self.granted(actor, Some(zaak.clone())) {
            Ok(_) => Ok(None),
            Err(Refusal::Not(why)) => Ok(Some(why)),
            Err(Refusal::Store(error)) => Err(error),
        }
    }

    /// What `actor` sees in a case now, when that is anything. Asking is no attempt: nothing is recorded.
    pub fn sight(&self, actor: &Actor, zaak: &Zaak) -> Result<Option<Zicht>, StoreError> {
        if actor.is_local() {
            return Ok(Some(Zicht::whole(self, actor, zaak.clone())));
        }
        match self.granted(actor, Some(zaak.clone())) {
            Ok(zicht) => Ok(Some(zicht)),
            Err(Refusal::Not(_)) => Ok(None),
            Err(Refusal::Store(error)) => Err(error),
        }
    }

    fn granted(&self, actor: &Actor, zaak: Option<Zaak>) -> Result<Zicht, Refusal> {
        // The same for a case that does not exist: who may not see it learns nothing.
        let none = || Refusal::Not("kies een zaak waarin u mag zoeken".to_owned());
        let zaak = zaak.filter(|zaak| !zaak.is_local()).ok_or_else(none)?;
        if !self.knows_of(actor, &zaak)? {
            return Err(none());
        }
        if zaak.gesloten.is_some() {
            return Err(Refusal::Not(
                "de zaak is gesloten; de machtigingen zijn daarmee vervallen".to_owned(),
            ));
        }
        let all = self.store.machtigingen(&zaak.id)?;
        let theirs = all
            .into_iter()
            .filter(|one| one.verlening.aan.contains(&actor.id));
        let (mut holding, mut why) = (Vec::new(), None);
        for one in theirs {
            match one.why_not(self.store.today()) {
                None => holding.push(one),
                Some(reason) => why = why.or(Some(reason)),
            }
        }
        if holding.is_empty() {
            let none = || "u heeft in deze zaak geen machtiging".to_owned();
            return Err(Refusal::Not(why.unwrap_or_else(none)));
        }
        let scope = self.opened(actor, &holding)?;
        Ok(Zicht {
            actor: actor.clone(),
            zaak,
            machtigingen: holding,
            ogen: self.ogen(scope.clone()),
            scope,
        })
    }

    /// What these machtigingen open for somebody: of each source up to its ceiling, and as they say by the rights on the
    /// drive or instead of them.
    fn opened(&self, actor: &Actor, holding: &[Machtiging]) -> Result<Scope, StoreError> {
        let rubriceringen = self.store.rubriceringen()?;
        let of = |bron: &String| rubriceringen.get(bron).copied().unwrap_or_default();
        let by_rights = |one: &Machtiging| !one.verlening.schijfrechten.is_empty();
        let principals = match holding.iter().any(by_rights) {
            true => self.principals(&actor.id)?,
            false => Principals::new([]),
        };
        let mut scope = Scope::nothing();
        for one in holding {
            let within = |bron: &&String| of(bron) <= one.verlening.plafond;
            for bron in one.verlening.bronnen.iter().filter(within) {
                scope.add(bron, one.verlening.reach(bron, || principals.clone()));
            }
        }
        Ok(scope)
    }

    /// Refuses who has none of these roles; the refusal is recorded.
    pub fn must_be(&self, actor: &Actor, roles: &[Rol]) -> Result<(), Problem> {
        if actor.is_any(roles) {
            return Ok(());
        }
        let names: Vec<&str> = roles.iter().map(|role| role.label()).collect();
        let why = format!("dit is voor: {}", names.join(", "));
        self.store
            .log(&Event::done(actor, "rol", "", json!({"reden": why})).refused())?;
        Err(Problem::new(
            Kind::GeenMachtiging,
            crate::problem::sentence(&why),
        ))
    }

    /// The case with this id, for who takes part in it, grants in it or checks it. Gives no right to the archive.
    pub fn zaak_of(&self, actor: &Actor, id: &str) -> Result<Zaak, Problem> {
        let missing = || Problem::not_found("Deze zaak bestaat niet.");
        let zaak = self.store.zaak(id)?.ok_or_else(missing)?;
        if self.knows_of(actor, &zaak)? {
            return Ok(zaak);
        }
        let event = Event::done(actor, "zaak.geopend", id, json!({}));
        self.store.log(
            &Event {
                zaak: id.to_owned(),
                ..event
            }
            .refused(),
        )?;
        Err(missing())
    }

    /// Whether `actor` takes part in a case, grants in it or checks it.
    fn knows_of(&self, actor: &Actor, zaak: &Zaak) -> Result<bool, StoreError> {
        let grants = actor.is_any(&[Rol::BeheerderAutorisatie]);
        Ok(grants || self.sees_inside(actor, zaak)?)
    }

    /// The case with this id, for who takes part in it or checks it: what was searched in it, and what came of that,
    /// is not for who only grants.
    pub fn zaak_inside(&self, actor: &Actor, id: &str) -> Result<Zaak, Problem> {
        let zaak = self.zaak_of(actor, id)?;
        if self.sees_inside(actor, &zaak)? {
            return Ok(zaak);
        }
        let event = zaak.did(actor, "zaak.ingezien", id, json!({}));
        self.store.log(&event.refused())?;
        let why = "Wat er in een zaak gezocht is, is voor wie eraan werkt en voor de auditor.";
        Err(Problem::new(Kind::GeenMachtiging, why))
    }

    /// Whether `actor` takes part in a case or checks it.
    pub fn sees_inside(&self, actor: &Actor, zaak: &Zaak) -> Result<bool, StoreError> {
        let checks = actor.is_local() || actor.is_any(&[Rol::Auditor]);
        Ok(checks || self.store.members(&zaak.id)?.contains(&actor.id))
    }

    /// Records that somebody looked at a document, or took a copy of it.
    pub fn note_document(
        &self,
        zicht: &Zicht,
        actie: &str,
        document: &Document,
    ) -> Result<(), Problem> {
        let content = document.content.map(|content| content.to_string());
        let event = zicht.did(actie, document.id.to_string(), json!({"inhoud": content}));
        Ok(self.store.log(&event)?)
    }
}

/// Why somebody may see nothing.
enum Refusal {
    Not(String),
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Refusal::Store(error)
    }
}
