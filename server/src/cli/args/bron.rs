//! The options of `bron`.

use super::HELP;
use crate::rooster::{Rooster, Soort};
use crate::verwijderen::Grond;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `bron`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Bron {
    /// What to do.
    #[command(subcommand)]
    pub opdracht: BronCommand,
}

/// What `bron` does.
#[derive(Debug, Subcommand)]
pub enum BronCommand {
    /// Toont de bronnen
    #[command(help_template = HELP, override_usage = "zoekenvind bron lijst [OPTIES]")]
    Lijst {
        /// Geef elke bron als JSON, op een regel
        #[arg(long, help_heading = "Opties")]
        json: bool,
    },
    /// Voegt een map, netwerkschijf of sitemap toe; er wordt nog niets ingelezen
    #[command(help_template = HELP, override_usage = "zoekenvind bron voeg-toe [OPTIES] [MAP]")]
    VoegToe {
        /// De map
        #[arg(value_name = "MAP", help_heading = "Argumenten")]
        map: Option<PathBuf>,
        /// Alles in de map is al openbaar
        #[arg(long, help_heading = "Opties")]
        openbaar: bool,
        /// In plaats van een map: haal op wat deze sitemap (DiWoo) noemt; geef ook een naam
        #[arg(
            long,
            value_name = "ADRES",
            help_heading = "Opties",
            conflicts_with = "map",
            requires = "naam"
        )]
        sitemap: Option<String>,
        /// Naam van de bron [anders: de naam van de map]
        #[arg(long, value_name = "NAAM", help_heading = "Opties")]
        naam: Option<String>,
    },
    /// Wijzigt wat er wordt ingelezen, uit een bestand met JSON
    #[command(help_template = HELP, override_usage = "zoekenvind bron regels NAAM BESTAND")]
    Regels {
        /// Naam van de bron
        #[arg(value_name = "NAAM", help_heading = "Argumenten")]
        naam: String,
        /// Het bestand
        #[arg(value_name = "BESTAND", help_heading = "Argumenten")]
        bestand: PathBuf,
    },
    /// Koppelt de lijst van een export (CSV, Excel, DAT, CMIS) aan een bron
    #[command(help_template = HELP, override_usage = "zoekenvind bron koppeling [OPTIES] NAAM BESTAND")]
    Koppeling {
        /// Naam van de bron
        #[arg(value_name = "NAAM", help_heading = "Argumenten")]
        naam: String,
        /// Bestand met de koppeling, in JSON
        #[arg(value_name = "BESTAND", help_heading = "Argumenten")]
        bestand: PathBuf,
        /// Toon de eerste vijftig regels als JSON, en bewaar niets
        #[arg(long, help_heading = "Opties")]
        voorbeeld: bool,
    },
    /// Bepaalt wanneer een bron vanzelf wordt ingelezen
    #[command(help_template = HELP, override_usage = "zoekenvind bron rooster [OPTIES] NAAM [TIJDEN]")]
    Rooster(BronRooster),
    /// Laat een server die draait een bron nu inlezen
    #[command(help_template = HELP, override_usage = "zoekenvind bron lees [OPTIES] NAAM")]
    Lees {
        /// Naam van de bron
        #[arg(value_name = "NAAM", help_heading = "Argumenten")]
        naam: String,
        /// bijwerken, volledig of onleesbaar
        #[arg(long, value_name = "SOORT", default_value = "bijwerken", hide_default_value = true, value_parser = run_kind,
            help_heading = "Opties")]
        soort: Soort,
    },
    /// Stelt voor om documenten te verwijderen; een ander besluit erover
    #[command(help_template = HELP,
        override_usage = "zoekenvind bron verwijder-documenten --grond GROND --kenmerk KENMERK DOCUMENT...")]
    VerwijderDocumenten(VerwijderDocumenten),
    /// Besluit om documenten te verwijderen die een ander voorstelde
    #[command(help_template = HELP, override_usage = "zoekenvind bron bevestig-verwijdering NUMMER")]
    BevestigVerwijdering {
        /// Nummer van de opdracht
        #[arg(value_name = "NUMMER", help_heading = "Argumenten")]
        nummer: u32,
    },
    /// Telt wat een run zou vinden, zonder iets te lezen
    #[command(help_template = HELP, override_usage = "zoekenvind bron proefscan [OPTIES] NAAM")]
    Proefscan {
        /// Naam van de bron
        #[arg(value_name = "NAAM", help_heading = "Argumenten")]
        naam: String,
        /// Geef de uitkomst als JSON
        #[arg(long, help_heading = "Opties")]
        json: bool,
    },
}

/// `bron verwijder-documenten`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct VerwijderDocumenten {
    /// avg, bewaartermijn, uitspraak of anders
    #[arg(long, value_name = "GROND", value_parser = ground)]
    pub grond: Grond,
    /// Kenmerk van het besluit
    #[arg(long, value_name = "KENMERK")]
    pub kenmerk: String,
    /// Meer uitleg
    #[arg(
        long,
        value_name = "TEKST",
        default_value = "",
        hide_default_value = true
    )]
    pub toelichting: String,
    /// Kenmerken van de documenten
    #[arg(value_name = "DOCUMENT", required = true, help_heading = "Argumenten")]
    pub documenten: Vec<String>,
}

fn ground(name: &str) -> Result<Grond, String> {
    Grond::named(name).ok_or_else(|| format!("kies uit {}", Grond::ALL.map(Grond::name).join(", ")))
}

/// `bron rooster`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct BronRooster {
    /// Naam van de bron
    #[arg(value_name = "NAAM", help_heading = "Argumenten")]
    pub naam: String,
    /// Minuut uur dag maand weekdag, tussen aanhalingstekens; zonder tijden niet vanzelf
    #[arg(
        value_name = "TIJDEN",
        default_value = "",
        hide_default_value = true,
        help_heading = "Argumenten"
    )]
    pub tijden: String,
    /// bijwerken, volledig of onleesbaar
    #[arg(long, value_name = "SOORT", default_value = "bijwerken", hide_default_value = true, value_parser = run_kind)]
    pub soort: Soort,
    /// Lees alleen vanaf dit uur, zoals 20:00
    #[arg(
        long,
        value_name = "UUR",
        default_value = "",
        hide_default_value = true,
        requires = "tot"
    )]
    pub van: String,
    /// en tot dit uur, zoals 06:00
    #[arg(
        long,
        value_name = "UUR",
        default_value = "",
        hide_default_value = true,
        requires = "van"
    )]
    pub tot: String,
    /// Haal een gemiste beurt later in
    #[arg(long)]
    pub inhalen: bool,
    /// Zet het rooster stil
    #[arg(long)]
    pub pauze: bool,
}

impl BronRooster {
    /// As it is kept.
    pub fn rooster(&self) -> Rooster {
        Rooster {
            tijden: self.tijden.clone(),
            soort: self.soort,
            venster_van: self.van.clone(),
            venster_tot: self.tot.clone(),
            inhalen: self.inhalen,
            pauze: self.pauze,
        }
    }
}

fn run_kind(name: &str) -> Result<Soort, String> {
    let names = || Soort::READING.map(Soort::name).join(", ");
    let reading = Soort::named(name).filter(|soort| Soort::READING.contains(soort));
    reading.ok_or_else(|| format!("kies uit {}", names()))
}
