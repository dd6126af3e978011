//! How people log in: with passwords of this program, and through the OpenID provider of the organisation. Owns the names
//! and defaults of these settings. A secret never stands in the settings: only the file that holds it.

use crate::mensen::Rol;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Logging in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inloggen {
    /// The provider of the organisation; without one there are only passwords.
    pub organisatie: Option<Organisatie>,
    /// Who logs in with a password of this program.
    pub wachtwoorden: Wachtwoorden,
    /// Name to log in of the one account that keeps its password in any case.
    pub noodaccount: Option<String>,
    /// Whether a password needs a code of an app beside it. By itself: as soon as others than this computer reach the
    /// server.
    pub tweede_stap: Option<bool>,
}

/// Who logs in with a password of this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wachtwoorden {
    /// Everybody who has one.
    #[default]
    Aan,
    /// The emergency account alone.
    AlleenNood,
}

/// An OpenID provider, and what its groups mean here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisatie {
    /// As people call it, on the button.
    #[serde(default = "naam")]
    pub naam: String,
    /// The issuer, exactly as it calls itself.
    pub uitgever: String,
    /// What this program is called there.
    pub client: String,
    /// File with the secret of this program.
    #[serde(default)]
    pub geheim_bestand: Option<PathBuf>,
    /// File with a private key (PEM, PKCS#8): this program signs instead of sending a secret (`private_key_jwt`).
    #[serde(default)]
    pub sleutel_bestand: Option<PathBuf>,
    /// Name of that key at the provider.
    #[serde(default)]
    pub sleutel_id: Option<String>,
    /// Certificates (PEM) by which the provider is known; without it those of the system.
    #[serde(default)]
    pub ca_bestand: Option<PathBuf>,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: BTreeSet<String>,
    /// Name of the claim that holds the groups.
    #[serde(default = "groepen")]
    pub groepen: String,
    /// Which group gives which roles. Empty: roles are given by hand.
    #[serde(default)]
    pub rollen: BTreeMap<String, BTreeSet<Rol>>,
    /// As which principals on the drives a group counts, such as `gid:100`. A group that is called as a SID of Windows is
    /// that one by itself.
    #[serde(default)]
    pub principalen: BTreeMap<String, BTreeSet<String>>,
    /// Minutes between two times that a session is asked after.
    #[serde(default = "vernieuw")]
    pub vernieuw_minuten: u16,
    /// Seconds that clocks may differ.
    #[serde(default = "marge")]
    pub marge_seconden: u16,
}

fn naam() -> String {
    "uw organisatie".to_owned()
}

fn scopes() -> BTreeSet<String> {
    BTreeSet::from(["profile".to_owned()])
}

fn groepen() -> String {
    "groups".to_owned()
}

fn vernieuw() -> u16 {
    15
}

fn marge() -> u16 {
    60
}

/// The most that clocks may differ: longer would keep a stolen token alive.
const MARGE: u16 = 300;

impl Inloggen {
    /// Whether somebody with this name may log in with a password.
    pub fn takes_password(&self, login: &str) -> bool {
        match self.wachtwoorden {
            Wachtwoorden::Aan => true,
            Wachtwoorden::AlleenNood => self
                .noodaccount
                .as_ref()
                .is_some_and(|known| known.trim().to_lowercase() == login.trim().to_lowercase()),
        }
    }

    /// What is wrong with it, in a sentence.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let only_emergency = self.wachtwoorden == Wachtwoorden::AlleenNood;
        if only_emergency && (self.organisatie.is_none() || self.noodaccount.is_none()) {
            return Some(
                "'wachtwoorden' op 'alleen-nood' vraagt om een 'organisatie' en een 'noodaccount'",
            );
        }
        self.organisatie.as_ref().and_then(Organisatie::fault)
    }
}

impl Organisatie {
    fn fault(&self) -> Option<&'static str> {
        if self.geheim_bestand.is_some() == self.sleutel_bestand.is_some() {
            return Some(
                "noem bij 'organisatie' een 'geheim_bestand' of een 'sleutel_bestand', een van de twee",
            );
        }
        let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let own = |start: &&str| {
            let rest = self.uitgever.strip_prefix(*start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        };
        if !self.uitgever.starts_with("https://") && !loopback.iter().any(own) {
            return Some("het adres van de 'uitgever' begint met https://");
        }
        let of_source = |name: &String| name.starts_with("bron:") || !name.contains(':');
        if self.principalen.values().flatten().any(of_source) {
            return Some("schrijf bij 'principalen' namen als sid:S-1-5-…, uid:1000 of gid:100");
        }
        if !(1..=600).contains(&self.vernieuw_minuten) {
            return Some("'vernieuw_minuten' is een getal van 1 tot en met 600");
        }
        (self.marge_seconden > MARGE).then_some("'marge_seconden' is hoogstens 300")
    }

    /// The roles that these groups give; `None` when roles are given by hand.
    pub fn roles(&self, groups: &BTreeSet<String>) -> Option<BTreeSet<Rol>> {
        let given = self
            .rollen
            .iter()
            .filter(|(group, _)| groups.contains(*group));
        (!self.rollen.is_empty())
            .then(|| given.flat_map(|(_, roles)| roles.iter().copied()).collect())
    }

    /// What somebody in these groups is on the drives.
    pub fn principals(&self, groups: &BTreeSet<String>) -> BTreeSet<String> {
        let named = groups
            .iter()
            .filter_map(|group| self.principalen.get(group));
        let sids = groups.iter().filter(|group| group.starts_with("S-1-"));
        let sids = sids.map(|group| format!("sid:{group}"));
        named.flatten().cloned().chain(sids).collect()
    }
}
