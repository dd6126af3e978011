//! The settings of the server: the section `server` of the settings file. Owns their names and defaults; those of
//! reading belong to the indexer.

mod inloggen;

pub use inloggen::{Inloggen, Organisatie, Wachtwoorden};

use crate::mensen::Open;
use crate::zaken::machtiging::Wijze;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use zv_shared::config::{Config, ConfigError};

/// The section of the settings file.
pub const SECTION: &str = "server";

/// What a beheerder may set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Whether somebody may grant a machtiging to himself.
    pub machtiging: Wijze,
    /// Whether figures for a monitor stand at `/metingen`, for whoever reaches the server.
    pub metingen: bool,
    /// Where the server listens.
    pub luister: Option<SocketAddr>,
    /// Where people reach it, when that is another address.
    pub openbaar_adres: Option<Herkomst>,
    /// Certificate and key, for TLS without a proxy in front.
    pub tls: Option<Tls>,
    /// The proxies in front: only they tell for whom they ask.
    pub proxy: BTreeSet<IpAddr>,
    /// How people log in.
    pub inloggen: Inloggen,
    /// Requests that one account may send each second, and twenty times that at once.
    pub verzoeken_per_seconde: u16,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings {
            machtiging: Wijze::default(),
            metingen: false,
            luister: None,
            openbaar_adres: None,
            tls: None,
            proxy: BTreeSet::new(),
            inloggen: Inloggen::default(),
            verzoeken_per_seconde: 20,
        }
    }
}

/// The files of TLS, read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate with those between it and the authority (PEM).
    pub certificaat: PathBuf,
    /// The private key (PEM).
    pub sleutel: PathBuf,
}

/// Scheme and host of an address, as a browser tells where it comes from: `https://zoek.voorbeeld.nl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Herkomst(String);

impl Herkomst {
    /// The whole of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl TryFrom<String> for Herkomst {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim_end_matches('/').to_lowercase();
        let sound = |host: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
            !host.is_empty() && host.bytes().all(known)
        };
        match text.split_once("://") {
            Some(("https" | "http", host)) if sound(host) => Ok(Herkomst(text)),
            _ => Err("schrijf 'openbaar_adres' als https://zoek.voorbeeld.nl, zonder pad"),
        }
    }
}

impl From<Herkomst> for String {
    fn from(origin: Herkomst) -> Self {
        origin.0
    }
}

impl ServerSettings {
    /// The settings of this state folder.
    pub fn load(state: &Path) -> Result<Self, ConfigError> {
        let config = Config::load(state)?;
        let settings: Self = config.section(SECTION)?;
        match settings.fault() {
            None => Ok(settings),
            Some(fault) => Err(config.wrong(fault)),
        }
    }

    /// What is wrong with them, in a sentence.
    fn fault(&self) -> Option<&'static str> {
        let plain = self
            .openbaar_adres
            .as_ref()
            .is_some_and(|known| !known.is_https());
        if self.tls.is_some() && plain {
            return Some("met 'tls' begint 'openbaar_adres' met https://");
        }
        if self.verzoeken_per_seconde == 0 {
            return Some("'verzoeken_per_seconde' is ten minste 1");
        }
        self.inloggen.fault()
    }

    /// Whether others than this computer reach the server: it listens elsewhere too, or a proxy stands in front.
    pub fn is_public(&self) -> bool {
        let beyond = self
            .luister
            .is_some_and(|address| !address.ip().is_loopback());
        beyond || !self.proxy.is_empty()
    }

    /// Whether browsers come by TLS: ours, or that of a proxy.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || self.openbaar_adres.as_ref().is_some_and(Herkomst::is_https)
    }

    /// Whether a password needs a code of an app beside it.
    pub fn needs_second_step(&self) -> bool {
        self.inloggen
            .tweede_stap
            .unwrap_or_else(|| self.is_public())
    }

    /// Whether who has this session must set up a second step first. At the organisation that is its own concern.
    pub fn asks_second_step(&self, session: &Open) -> bool {
        self.needs_second_step() && session.at_provider.is_none() && !session.second_step
    }

    /// Why the server may not listen on `address`, in half a sentence.
    pub fn why_not_on(&self, address: SocketAddr) -> Option<&'static str> {
        if address.ip().is_loopback() && self.proxy.is_empty() {
            return None;
        }
        if !self.is_https() || (self.tls.is_none() && self.proxy.is_empty()) {
            return Some(
                "wachtwoorden gaan dan leesbaar over het netwerk: stel eerst 'tls' in, of een 'proxy' met TLS",
            );
        }
        match self.openbaar_adres {
            Some(_) => None,
            None => Some(
                "noem in de instellingen het 'openbaar_adres', zoals https://zoek.voorbeeld.nl",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn load(text: &str) -> Result<ServerSettings, String> {
        let settings: ServerSettings =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        match settings.fault() {
            None => Ok(settings),
            Some(fault) => Err(fault.to_owned()),
        }
    }

    #[test]
    fn what_is_not_safe_or_not_known_is_no_setting() {
        let org = |more: serde_json::Value| {
            let mut all =
                json!({"uitgever": "https://idp.example", "client": "zv", "geheim_bestand": "/g"});
            for (name, value) in more.as_object().expect("object") {
                all[name] = value.clone();
            }
            json!({"inloggen": {"organisatie": all}}).to_string()
        };
        assert!(load(&org(json!({}))).is_ok());
        for wrong in [
            json!({"uitgever": "http://idp.example"}),
            json!({"uitgever": "http://127.0.0.1.example"}),
            json!({"geheim_bestand": null}),
            json!({"sleutel_bestand": "/s"}),
            json!({"geheim": "hier"}),
            json!({"marge_seconden": 301}),
            json!({"vernieuw_minuten": 0}),
            json!({"rollen": {"g": ["baas"]}}),
            json!({"principalen": {"g": ["bron:archief"]}}),
        ] {
            assert!(load(&org(wrong.clone())).is_err(), "{wrong}");
        }
        assert!(load(&org(json!({"uitgever": "http://127.0.0.1:99"}))).is_ok());
        for wrong in [
            r#"{"inloggen": {"wachtwoorden": "alleen-nood"}}"#,
            r#"{"openbaar_adres": "zoek.example"}"#,
            r#"{"openbaar_adres": "https://zoek.example/pad"}"#,
            r#"{"openbaar_adres": "http://zoek.example", "tls": {"certificaat": "c", "sleutel": "s"}}"#,
            r#"{"kleur": "rood"}"#,
        ] {
            assert!(load(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_is_reached_from_elsewhere_without_tls() {
        let not = |text: &str, address: &str| {
            let settings = load(text).expect("settings");
            settings
                .why_not_on(address.parse().expect("address"))
                .is_some()
        };
        let (here, there) = ("127.0.0.1:1", "0.0.0.0:1");
        assert!(
            !not("{}", here) && !not("{}", "[::1]:1") && not("{}", there) && not("{}", "[::]:1")
        );
        let public = r#""openbaar_adres": "https://zoek.example""#;
        let tls = r#""tls": {"certificaat": "c", "sleutel": "s"}"#;
        assert!(not(r#"{"proxy": ["127.0.0.1"]}"#, here));
        assert!(not(&format!("{{{tls}}}"), there) && !not(&format!("{{{tls}}}"), here));
        // Somebody says that there is TLS, but nothing that does it is named.
        assert!(not(&format!("{{{public}}}"), there));
        assert!(!not(&format!("{{{public}, {tls}}}"), there));
        assert!(!not(
            &format!(r#"{{"proxy": ["127.0.0.1"], {public}}}"#),
            here
        ));
    }

    #[test]
    fn roles_come_from_groups_or_by_hand() {
        let text = json!({"uitgever": "https://idp.example", "client": "zv", "geheim_bestand": "/g",
            "rollen": {"woo": ["woo-jurist"], "beheer": ["auditor", "regisseur"]},
            "principalen": {"woo": ["gid:100"]}});
        let org: Organisatie = serde_json::from_value(text).expect("settings");
        let groups = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(org.roles(&groups(&["x"])), Some(BTreeSet::new()));
        assert_eq!(
            org.roles(&groups(&["woo", "beheer"])).map(|all| all.len()),
            Some(3)
        );
        let on_drives = org.principals(&groups(&["woo", "S-1-5-21-7", "uid:0"]));
        assert_eq!(on_drives, groups(&["gid:100", "sid:S-1-5-21-7"]));
        let by_hand = Organisatie {
            rollen: Default::default(),
            ..org
        };
        assert_eq!(by_hand.roles(&groups(&["woo"])), None);
    }
}
