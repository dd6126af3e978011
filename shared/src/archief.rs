//! What an export of a document system says of a document, as far as people choose and rules decide by it. Never says
//! who may see it.

use crate::PartialDate;
use serde::{Deserialize, Serialize};

/// What archives know of a document. A document inside a file has what its file has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archief {
    /// The way to it through the archive: names of series and dossiers with ` / ` between them, outermost first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<String>,
    /// What the export says of who may use it (MDTO beperkingGebruik), as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beperkingen: Vec<String>,
    /// `B` (kept), `V` (destroyed in time), `N` (not decided), or what else the export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waardering: Option<String>,
    /// Until when it must be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bewaren_tot: Option<PartialDate>,
    /// What it is called in the archive, each with the path of the description that says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kenmerken: Vec<(String, String)>,
}

impl Archief {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Archief::default()
    }

    /// Whether it may be destroyed by now: it is kept for a time, and all days that its end may mean are before the
    /// day `today`.
    pub fn is_past(&self, today: PartialDate) -> bool {
        let end = self.bewaren_tot.map(|end| end.days().last);
        self.waardering.as_deref() == Some("V") && end.is_some_and(|end| end < today.days().first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_kept_for_a_time_can_be_past_it() {
        let today = PartialDate::parse("2026-06-01").expect("date");
        let of = |code: &str, end: &str| Archief {
            waardering: Some(code.into()),
            bewaren_tot: PartialDate::parse(end),
            ..Archief::default()
        };
        assert!(of("V", "2026-05-31").is_past(today));
        assert!(of("V", "2025").is_past(today));
        // The year may still end later.
        assert!(!of("V", "2026").is_past(today));
        assert!(!of("V", "2026-06-01").is_past(today));
        assert!(!of("B", "2001").is_past(today));
        assert!(!of("V", "").is_past(today));
        assert!(Archief::default().is_empty() && !of("N", "").is_empty());
    }
}
