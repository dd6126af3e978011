//! People: accounts on this installation, their roles, and who is behind a request. Passwords are kept as argon2id
//! hashes, sessions as the SHA-256 of what the cookie holds. Never decides what somebody may see of the archive: that
//! is `toegang`.
//!
//! | file | owns |
//! |---|---|
//! | `accounts` | accounts and their passwords |
//! | `beheer` | changing accounts |
//! | `bereik` | what a token may |
//! | `eerste` | the first beheerder of a server that others reach |
//! | `nakijken` | looking once a year at who may what |
//! | `organisatie` | logging in at the OpenID provider of the organisation |
//! | `principalen` | what an account is on the drives of the sources |
//! | `rem` | slowing down who guesses or asks too much |
//! | `sessions` | being logged in |
//! | `tokens` | tokens of programs |
//! | `tweede` | the second step of logging in |
//! | `vergeten` | erasing somebody's name |

mod accounts;
pub mod beheer;
mod bereik;
pub mod eerste;
pub mod nakijken;
pub mod organisatie;
pub mod principalen;
pub mod rem;
mod sessions;
pub mod tokens;
pub mod tweede;
mod vergeten;

pub use accounts::Account;
pub use bereik::Bereik;
pub use sessions::{COOKIE, Open, Session};

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Key of whoever works on a computer without accounts.
pub const LOCAL_ACTOR: &str = "lokaal";

/// What somebody does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rol {
    /// Zoekt.
    Informatiespecialist,
    /// Beoordeelt wat gevonden is.
    WooJurist,
    /// Leidt zaken: opent en sluit ze, kiest wie eraan werkt.
    Regisseur,
    /// Zorgt voor de bronnen en het inlezen.
    BeheerderBronnen,
    /// Verleent machtigingen.
    BeheerderAutorisatie,
    /// Kijkt na wat er gedaan is.
    Auditor,
}

impl Rol {
    /// All roles.
    pub const ALL: [Rol; 6] = [
        Rol::Informatiespecialist,
        Rol::WooJurist,
        Rol::Regisseur,
        Rol::BeheerderBronnen,
        Rol::BeheerderAutorisatie,
        Rol::Auditor,
    ];

    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Rol::Informatiespecialist => "informatiespecialist",
            Rol::WooJurist => "woo-jurist",
            Rol::Regisseur => "regisseur",
            Rol::BeheerderBronnen => "beheerder-bronnen",
            Rol::BeheerderAutorisatie => "beheerder-autorisatie",
            Rol::Auditor => "auditor",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Rol::Informatiespecialist => "informatiespecialist",
            Rol::WooJurist => "Woo-jurist",
            Rol::Regisseur => "regisseur",
            Rol::BeheerderBronnen => "beheerder bronnen",
            Rol::BeheerderAutorisatie => "beheerder autorisatie",
            Rol::Auditor => "auditor",
        }
    }
}

/// The way by which somebody does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The pages.
    Web,
    /// The API.
    Api,
    /// The command line.
    Opdracht,
    /// The API, with the token of this number.
    Token(i64),
}

impl Via {
    /// The name in the audit trail.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Via::Web => "web".into(),
            Via::Api => "api".into(),
            Via::Opdracht => "opdracht".into(),
            Via::Token(number) => format!("token {number}").into(),
        }
    }
}

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Key: the id of the account, or [`LOCAL_ACTOR`].
    pub id: String,
    /// As it is shown.
    pub naam: String,
    /// What they do.
    pub rollen: BTreeSet<Rol>,
    /// The way by which they do it now.
    pub via: Via,
}

impl Actor {
    /// Whoever works on a computer without accounts: everything is theirs.
    pub fn local(via: Via) -> Self {
        Actor {
            id: LOCAL_ACTOR.to_owned(),
            naam: "deze computer".to_owned(),
            rollen: Rol::ALL.into(),
            via,
        }
    }

    /// The program itself, which counts what others searched.
    pub fn program() -> Self {
        Actor {
            id: "programma".to_owned(),
            naam: "Zoek & Vind".to_owned(),
            rollen: BTreeSet::new(),
            via: Via::Opdracht,
        }
    }

    /// Somebody who logged in.
    pub fn of(account: Account, via: Via) -> Self {
        Actor {
            id: account.id,
            naam: account.naam,
            rollen: account.rollen,
            via,
        }
    }

    /// Whether there are no accounts.
    pub fn is_local(&self) -> bool {
        self.id == LOCAL_ACTOR
    }

    /// Whether they have one of these roles.
    pub fn is_any(&self, roles: &[Rol]) -> bool {
        roles.iter().any(|role| self.rollen.contains(role))
    }
}
