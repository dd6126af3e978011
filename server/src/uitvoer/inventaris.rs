//! The public inventory of a decision: its columns and its rows. Never shows where a document lay:
//! it takes file names without folders and web addresses, nothing else.

use super::gronden::{Grond, Oordeel};
use super::productierapport::controle::is_webadres;
use super::productierapport::{Bestandsnaam, grondcel};
use super::tabel::Kolom;

/// The columns.
pub const KOLOMMEN: [Kolom<'static>; 12] = [
    Kolom::id("Document ID"),
    Kolom::id("Documentnummer"),
    Kolom::new("Bestandsnaam"),
    Kolom::new("Beoordeling"),
    Kolom::new("Beoordelingsgrond"),
    Kolom::new("Toelichting"),
    Kolom::new("Publieke link"),
    Kolom::new("Locatie document ID"),
    Kolom::new("Opgeschort"),
    Kolom::id("Gerelateerd Documentnummer"),
    Kolom::new("Locatie gerelateerd ID"),
    Kolom::new("Besluitnaam"),
];

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rij {
    /// Its number in the case.
    pub document_id: String,
    /// Its number for the public.
    pub documentnummer: String,
    /// Its file.
    pub bestandsnaam: Bestandsnaam,
    /// What was decided.
    pub oordeel: Oordeel,
    /// Why not all of it is public.
    pub gronden: Vec<&'static Grond>,
    /// Whether its content was judged in another document.
    pub dubbel: bool,
    /// In words.
    pub toelichting: String,
    /// Where it was public already.
    pub publieke_links: Vec<String>,
    /// Its page on the site of the decision.
    pub locatie: Option<String>,
    /// Whether publication waits.
    pub opgeschort: bool,
    /// Numbers of other documents.
    pub gerelateerd: Vec<String>,
    /// Their pages.
    pub locaties_gerelateerd: Vec<String>,
    /// The decision.
    pub besluitnaam: String,
}

/// A row that would show something else than a web address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Document {document}: '{link}' is geen webadres en hoort niet in een openbare lijst.")]
pub struct GeenWebadres {
    /// The number of the document.
    pub document: String,
    /// What was given.
    pub link: String,
}

impl Rij {
    /// Its cells, all text.
    pub fn cellen(&self) -> Result<[String; 12], GeenWebadres> {
        let links = self.publieke_links.iter();
        let all = links.chain(&self.locatie).chain(&self.locaties_gerelateerd);
        for link in all {
            if !is_webadres(link) {
                return Err(GeenWebadres {
                    document: self.documentnummer.clone(),
                    link: link.clone(),
                });
            }
        }
        Ok([
            self.document_id.clone(),
            self.documentnummer.clone(),
            self.bestandsnaam.as_str().to_owned(),
            self.oordeel.naam().to_owned(),
            grondcel(&self.gronden, self.dubbel),
            self.toelichting.clone(),
            self.publieke_links.join(" | "),
            self.locatie.clone().unwrap_or_default(),
            if self.opgeschort { "ja" } else { "" }.to_owned(),
            self.gerelateerd.join("; "),
            self.locaties_gerelateerd.join(" | "),
            self.besluitnaam.clone(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uitvoer::gronden::grond;

    fn rij() -> Rij {
        Rij {
            document_id: "0012.1".into(),
            documentnummer: "KADE-2024-0012.1".into(),
            bestandsnaam: Bestandsnaam::van_pad("H:\\Dossiers\\Jansen\\verslag.docx"),
            oordeel: Oordeel::DeelsOpenbaar,
            gronden: ["5.1.2e", "5.2"]
                .iter()
                .filter_map(|code| grond(code))
                .collect(),
            dubbel: false,
            toelichting: "namen van derden".into(),
            publieke_links: vec![
                "https://www.voorbeeld.nl/a".into(),
                "https://www.voorbeeld.nl/b".into(),
            ],
            locatie: Some("https://open.voorbeeld.nl/dossier/12".into()),
            opgeschort: true,
            gerelateerd: vec!["KADE-2024-0013".into()],
            locaties_gerelateerd: vec!["https://open.voorbeeld.nl/dossier/13".into()],
            besluitnaam: "Besluit over de kade".into(),
        }
    }

    #[test]
    fn the_columns_are_those_of_the_platform() {
        assert_eq!(
            KOLOMMEN.map(|kolom| kolom.naam()).join(", "),
            "Document ID, Documentnummer, Bestandsnaam, Beoordeling, Beoordelingsgrond, Toelichting, Publieke link, \
             Locatie document ID, Opgeschort, Gerelateerd Documentnummer, Locatie gerelateerd ID, Besluitnaam"
        );
    }

    #[test]
    fn a_row_shows_the_name_and_not_the_folder() {
        let cellen = rij().cellen().unwrap();
        assert_eq!(
            cellen,
            [
                "0012.1",
                "KADE-2024-0012.1",
                "verslag.docx",
                "deels openbaar",
                "5.1.2e; 5.2",
                "namen van derden",
                "https://www.voorbeeld.nl/a | https://www.voorbeeld.nl/b",
                "https://open.voorbeeld.nl/dossier/12",
                "ja",
                "KADE-2024-0013",
                "https://open.voorbeeld.nl/dossier/13",
                "Besluit over de kade",
            ]
        );
        assert!(!cellen.concat().contains("Jansen"));
    }

    #[test]
    fn a_location_on_a_drive_is_refused_in_every_column() {
        for pad in [
            "H:\\Dossiers\\Jansen\\a.pdf",
            "\\\\server\\deel\\a.pdf",
            "/mnt/archief/a.pdf",
            "file:///h/a.pdf",
        ] {
            let wrong: [fn(&mut Rij, String); 3] = [
                |rij, pad| rij.locatie = Some(pad),
                |rij, pad| rij.publieke_links.push(pad),
                |rij, pad| rij.locaties_gerelateerd.push(pad),
            ];
            for put in wrong {
                let mut rij = rij();
                put(&mut rij, pad.to_owned());
                let error = rij.cellen().unwrap_err();
                assert_eq!(error.link, pad);
                assert!(
                    error.to_string().starts_with("Document KADE-2024-0012.1: "),
                    "{error}"
                );
            }
        }
    }
}
