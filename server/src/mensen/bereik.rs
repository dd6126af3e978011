//! What a token may: one scope for every operation of the API, or none at all. Owns that table; what the account itself
//! may is decided where it always is.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Wat een token mag, en nooit meer dan het account mag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Tokenbereik)]
pub enum Bereik {
    /// Lezen wat er in zaken, bronnen en runs staat.
    Lezen,
    /// Zoeken in het archief en documenten lezen.
    Zoeken,
    /// Werken in een zaak: schiften, beoordelen, plannen.
    Schrijven,
    /// Lijsten, pakketten en verantwoordingen maken.
    Uitvoeren,
    /// Bronnen, accounts en machtigingen beheren.
    Beheren,
    /// Het auditspoor lezen.
    Controleren,
}

impl Bereik {
    /// All of them.
    pub const ALL: [Bereik; 6] = [
        Bereik::Lezen,
        Bereik::Zoeken,
        Bereik::Schrijven,
        Bereik::Uitvoeren,
        Bereik::Beheren,
        Bereik::Controleren,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Bereik::Lezen => "lezen",
            Bereik::Zoeken => "zoeken",
            Bereik::Schrijven => "schrijven",
            Bereik::Uitvoeren => "uitvoeren",
            Bereik::Beheren => "beheren",
            Bereik::Controleren => "controleren",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Bereik::Lezen => "lezen: zaken, bronnen en runs",
            Bereik::Zoeken => "zoeken, en documenten lezen",
            Bereik::Schrijven => "werken in een zaak",
            Bereik::Uitvoeren => "lijsten en pakketten maken",
            Bereik::Beheren => "beheren: bronnen, accounts, machtigingen",
            Bereik::Controleren => "het auditspoor lezen",
        }
    }

    /// The scope that an operation asks for; `None` for what no token does, and for what is not known here. `path` is
    /// that of the route, such as `/v1/zaken/{zaak}`.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
        let reads = *method == Method::GET;
        match (parts[0], parts.last().copied().unwrap_or_default()) {
            // Who has a token gets no other way in by it.
            ("sessies" | "tokens" | "tweede-stap" | "eerste-beheerder", _) => None,
            ("zoekopdrachten" | "documenten" | "suggesties" | "termenrapporten", _) => {
                Some(Bereik::Zoeken)
            }
            ("auditregels", _) => Some(Bereik::Controleren),
            ("accounts" | "rubriceringen" | "verwijderopdrachten", _) => Some(Bereik::Beheren),
            (
                "zaken",
                "bundels" | "lijsten" | "pakketten" | "verantwoordingen" | "verschillijsten",
            ) => Some(Bereik::Uitvoeren),
            ("zaken", "{naam}") if parts.contains(&"bestanden") => Some(Bereik::Uitvoeren),
            ("zaken", "machtigingen" | "intrekking" | "leden" | "overname") if !reads => {
                Some(Bereik::Beheren)
            }
            ("zaken", _) if !reads => Some(Bereik::Schrijven),
            (
                "zaken" | "gronden" | "bronnen" | "runs" | "voortgang" | "opdrachten"
                | "generaties",
                _,
            ) if reads => Some(Bereik::Lezen),
            ("bronnen" | "opdrachten" | "runs" | "generaties", _) => Some(Bereik::Beheren),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_operation_has_a_scope_or_is_for_no_token() {
        let description: Value =
            serde_json::from_str(include_str!("../../openapi.json")).expect("json");
        let mut without = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (path, operations) in description["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("methods") {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("method");
                match Bereik::of(&method, &format!("/v1{path}")) {
                    Some(scope) => drop(seen.insert(scope)),
                    None => without.push(operation["operationId"].as_str().expect("id").to_owned()),
                }
            }
        }
        without.sort();
        let never = [
            "begintTweedeStap",
            "bevestigtTweedeStap",
            "leesTokens",
            "leesTweedeStap",
            "maakEersteBeheerder",
            "maakToken",
            "opentSessie",
            "trekTokenIn",
            "zetTweedeStapUit",
        ];
        // A new part of the API chooses a scope here.
        assert_eq!(without, never);
        assert_eq!(seen.len(), Bereik::ALL.len());
        let of = |method, path| Bereik::of(&method, path);
        assert_eq!(
            of(Method::POST, "/v1/zaken/{zaak}/machtigingen"),
            Some(Bereik::Beheren)
        );
        assert_eq!(
            of(Method::GET, "/v1/zaken/{zaak}/machtigingen"),
            Some(Bereik::Lezen)
        );
        assert_eq!(of(Method::GET, "/zaken"), None);
        assert_eq!(of(Method::GET, "/v1/onbekend"), None);
    }
}
