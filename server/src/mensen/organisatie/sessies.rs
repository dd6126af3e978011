//! Asking the provider now and then whether a session still lasts, and with which groups. Who was put out there is out
//! here within one interval; a provider that is silent is waited for, four intervals at most. The tokens for it are kept
//! in memory: after a restart of the program people log in again.

use super::{Aanbieder, Fout};
use crate::mensen::sessions::Open;
use crate::problem::Problem;
use crate::state::App;
use jiff::SignedDuration;
use openidconnect::RefreshToken;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After so many intervals without an answer a session ends.
const PATIENCE: i32 = 4;
/// Time between two times that a silent provider is asked for one session.
const AGAIN: Duration = Duration::from_secs(60);
/// What is remembered of sessions that ended by themselves goes after the longest of them.
const LONGEST: Duration = Duration::from_secs(11 * 3600);

/// With what each session can be asked after, by the hash of its key.
#[derive(Default)]
pub struct Vernieuwingen(Mutex<HashMap<Vec<u8>, Vernieuwing>>);

struct Vernieuwing {
    token: RefreshToken,
    /// Somebody is asking.
    busy: bool,
    not_before: Option<Instant>,
    since: Instant,
}

/// Who asks.
enum Beurt {
    /// Whoever comes with this, now.
    Ours(RefreshToken),
    /// Somebody else, or nobody for a while.
    Wait,
    /// Nobody can any more.
    Lost,
}

impl Vernieuwingen {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Vec<u8>, Vernieuwing>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn turn(&self, session: &[u8]) -> Beurt {
        self.with(|all| match all.get_mut(session) {
            None => Beurt::Lost,
            Some(one) if one.busy || one.not_before.is_some_and(|at| at > Instant::now()) => {
                Beurt::Wait
            }
            Some(one) => {
                one.busy = true;
                Beurt::Ours(one.token.clone())
            }
        })
    }
}

impl Aanbieder {
    /// Remembers with what a session can be asked after.
    pub fn remember(&self, session: &[u8], token: RefreshToken) {
        self.renewals.with(|all| {
            all.retain(|_, one| one.since.elapsed() < LONGEST);
            let since = all.get(session).map_or_else(Instant::now, |one| one.since);
            let new = Vernieuwing {
                token,
                busy: false,
                not_before: None,
                since,
            };
            all.insert(session.to_owned(), new);
        });
    }

    /// Forgets it.
    pub fn forget(&self, session: &[u8]) {
        self.renewals.with(|all| all.remove(session));
    }

    fn wait(&self, session: &[u8]) {
        self.renewals.with(|all| {
            if let Some(one) = all.get_mut(session) {
                one.busy = false;
                one.not_before = Some(Instant::now() + AGAIN);
            }
        });
    }
}

impl App {
    /// Whether a session lasts; asks the provider when it is time. One that does not is ended and recorded.
    pub async fn lasts(self: &Arc<Self>, session: &Open) -> Result<bool, Problem> {
        let Some(checked) = session.at_provider else {
            return Ok(true);
        };
        let Some(provider) = &self.organisatie else {
            return self.end(session, "geen-aanbieder").await;
        };
        let interval = SignedDuration::from_mins(provider.settings().vernieuw_minuten.into());
        let age = self.store.now().duration_since(checked.at);
        if !checked.renews || age < interval {
            return Ok(true);
        }
        match provider.renewals.turn(&session.hash) {
            Beurt::Lost => self.end(session, "herstart").await,
            Beurt::Wait if age < interval * PATIENCE => Ok(true),
            Beurt::Wait => self.end(session, Fout::Onbereikbaar.name()).await,
            Beurt::Ours(token) => {
                let (app, session) = (Arc::clone(self), session.clone());
                let patient = age < interval * PATIENCE;
                // It goes on when the browser does not wait: an answer of the provider may come once only.
                let asked = tokio::spawn(async move { app.ask(&session, token, patient).await });
                asked
                    .await
                    .unwrap_or_else(|error| Err(Problem::fault(error)))
            }
        }
    }

    async fn ask(
        self: &Arc<Self>,
        session: &Open,
        token: RefreshToken,
        patient: bool,
    ) -> Result<bool, Problem> {
        let Some(provider) = &self.organisatie else {
            return Ok(false);
        };
        let issuer = provider.settings().uitgever.clone();
        let (app, account) = (Arc::clone(self), session.account.id.clone());
        let sub = crate::api::blocking(move || Ok(app.store.sub_of(&issuer, &account)?)).await?;
        // The settings name another provider than the one of this session.
        let Some(sub) = sub else {
            return self.end(session, "geen-aanbieder").await;
        };
        let person = match provider.renew(&token, &sub).await {
            Ok(person) => person,
            Err(Fout::Onbereikbaar) if patient => {
                provider.wait(&session.hash);
                return Ok(true);
            }
            Err(fault) => return self.end(session, fault.name()).await,
        };
        // Some providers give a new one each time, and then the old one is worth nothing.
        provider.remember(&session.hash, person.refresh.clone().unwrap_or(token));
        let (app, hash) = (Arc::clone(self), session.hash.clone());
        let kept = crate::api::blocking(move || {
            let Some(provider) = &app.organisatie else {
                return Ok(Err(Fout::Instelling));
            };
            let settings = provider.settings();
            Ok(app.store.renew_from_provider(settings, &hash, &person)?)
        })
        .await?;
        match kept {
            Ok(()) => Ok(true),
            Err(fault) => self.end(session, fault.name()).await,
        }
    }

    async fn end(self: &Arc<Self>, session: &Open, reason: &'static str) -> Result<bool, Problem> {
        if let Some(provider) = &self.organisatie {
            provider.forget(&session.hash);
        }
        let (app, session) = (Arc::clone(self), session.clone());
        crate::api::blocking(move || Ok(app.store.end_session(&session, reason)?)).await?;
        Ok(false)
    }
}
