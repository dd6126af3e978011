//! Who may see what: the one way from a request to the index. Without accounts everything is open to whoever sits at
//! this computer. With accounts nothing of the archive is found, shown, counted or hinted at outside a case and a
//! machtiging that holds today; every refusal is recorded. Never looks at what a question asks.

mod ogen;

use crate::audit::Event;
use crate::http::{Wie, koekje};
use crate::mensen::{Actor, Bereik, COOKIE, Open, Rol, Via};
use crate::problem::{Kind, Problem};
use crate::settings::ServerSettings;
use crate::state::App;
use crate::store::StoreError;
use crate::zaken::machtiging::{Machtiging, today};
use crate::zaken::{LOCAL, Zaak};
use axum::extract::{FromRequestParts, MatchedPath, OriginalUri};
use axum::http::request::Parts;
pub use ogen::{BronToegang, Ogen};
use axum::http::{HeaderMap, header};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use zv_shared::index::Scope;
use zv_shared::{DocId, Document, Principals};

/// Who sees what happened to each file: names of files are hints at what they hold.
pub const LOOKS_AFTER_RUNS: [Rol; 2] = [Rol::BeheerderBronnen, Rol::Auditor];

/// Who sends a request. Taking this as a parameter is what makes an address ask for a login.
pub struct Vrager(pub Actor);

impl FromRequestParts<Arc<App>> for Vrager {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let via = via(parts);
        let actor = match bearer(&parts.headers) {
            Some(token) if via == Via::Api => with_token(app, parts, token).await?,
            // A token is for programs; a page never takes one.
            Some(_) => return Err(unknown()),
            None => {
                let Ingelogd(actor, open) = Ingelogd::from_request_parts(parts, app).await?;
                if open.is_some_and(|open| app.settings.asks_second_step(&open)) {
                    return Err(Problem::new(
                        Kind::TweedeStapNodig,
                        "Stel eerst de tweede stap van het inloggen in, bij uw account.",
                    ));
                }
                actor
            }
        };
        recognised(parts, app, &actor)?;
        Ok(Vrager(actor))
    }
}

/// Who is logged in, even if they still have to set up their second step; without accounts whoever sits here. Never by a
/// token: for what somebody does with his own account.
pub struct Ingelogd(pub Actor, pub Option<Open>);

impl FromRequestParts<Arc<App>> for Ingelogd {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if bearer(&parts.headers).is_some() {
            return Err(unknown());
        }
        let via = via(parts);
        let key = session_key(&parts.headers, &app.settings);
        let known = Arc::clone(app);
        let session = crate::api::blocking(move || {
            // A server that others reach is for nobody until somebody has an account.
            if !known.settings.is_public() && !known.store.has_accounts()? {
                return Ok(None);
            }
            let key = key.ok_or_else(unknown)?;
            Ok(Some(known.store.session(&key)?.ok_or_else(unknown)?))
        })
        .await?;
        let Some(mut session) = session else {
            return Ok(Ingelogd(Actor::local(via), None));
        };
        if session.at_provider.is_some() {
            if !app.lasts(&session).await? {
                return Err(unknown());
            }
            // The provider may just have said that somebody has other roles.
            let (known, id) = (Arc::clone(app), session.account.id.clone());
            let account = crate::api::blocking(move || Ok(known.store.account(&id)?)).await?;
            session.account = account.filter(|account| !account.uit).ok_or_else(unknown)?;
        }
        let actor = Actor::of(session.account.clone(), via);
        recognised(parts, app, &actor)?;
        Ok(Ingelogd(actor, Some(session)))
    }
}

fn unknown() -> Problem {
    Problem::new(Kind::NietIngelogd, "Log eerst in.")
}

/// The way by which a request comes.
fn via(parts: &Parts) -> Via {
    // Below `/v1` the routes see an address without it.
    let whole = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |uri| &uri.0);
    match whole.path().starts_with("/v1/") {
        true => Via::Api,
        false => Via::Web,
    }
}

/// The token that a request brings along instead of a session.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    // Another kind is meant for a proxy in front.
    let (kind, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who comes with a token; refused when it is not for this operation.
async fn with_token(app: &Arc<App>, parts: &Parts, token: &str) -> Result<Actor, Problem> {
    let (known, opens) = (Arc::clone(app), token.to_owned());
    let found = crate::api::blocking(move || Ok(known.store.token_opens(&opens)?)).await?;
    let wrong = || Problem::new(Kind::NietIngelogd, "Dit token werkt niet (meer).");
    let (account, token) = found.ok_or_else(wrong)?;
    let actor = Actor::of(account, Via::Token(token.nummer));
    let path = parts.extensions.get::<MatchedPath>();
    let needed = path.and_then(|path| Bereik::of(&parts.method, path.as_str()));
    if needed.is_some_and(|needed| token.bereik.contains(&needed)) {
        return Ok(actor);
    }
    let needed = needed.map_or("geen token", Bereik::name);
    let data = json!({"bereik": needed, "token": token.nummer});
    let (known, event) = (
        Arc::clone(app),
        Event::done(&actor, "token.bereik", "", data).refused(),
    );
    crate::api::blocking(move || Ok(known.store.log(&event)?)).await?;
    Err(Problem::new(
        Kind::GeenMachtiging,
        format!("Dit token mag dit niet; nodig is: {needed}."),
    ))
}

/// Notes who sends a request, once that is known, and takes one of the requests that they may send now.
fn recognised(parts: &mut Parts, app: &App, actor: &Actor) -> Result<(), Problem> {
    if let Some(who) = parts.extensions.get::<Wie>() {
        who.is(actor);
    }
    // Twice for one request it is still one.
    if actor.is_local() || parts.extensions.insert(Geteld).is_some() {
        return Ok(());
    }
    let each = app.settings.verzoeken_per_seconde.into();
    app.rem.take(&actor.id, each).map_err(Problem::too_often)
}

/// This request was counted.
#[derive(Clone)]
struct Geteld;

/// What the cookie of a session holds.
pub fn session_key(headers: &HeaderMap, settings: &ServerSettings) -> Option<String> {
    let key = koekje::kept(headers, settings, COOKIE)?;
    let sound = key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit());
    sound.then(|| key.to_owned())
}

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
            match one.why_not(today()) {
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
