//! The options of `audit`, with their Dutch help.

use super::HELP;
use crate::audit::{Head, Outcome};
use crate::uitvoer::spoor::Vorm as SpoorVorm;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// `audit`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub opdracht: AuditCommand,
}

/// What `audit` does.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Doet een vastgelegde zoekactie over en laat zien wat er anders is
    #[command(help_template = HELP, override_usage = "zoekenvind audit herhaal [OPTIES] NUMMER")]
    Herhaal(Herhaal),
    /// Volgt het auditspoor, of een uitvoer ervan, en noemt de eerste regel die niet klopt
    #[command(help_template = HELP, override_usage = "zoekenvind audit controleer [OPTIES]")]
    Controleer(Controleer),
    /// Leest het auditspoor, de nieuwste regel eerst
    #[command(help_template = HELP, override_usage = "zoekenvind audit lees [OPTIES]")]
    Lees(LeesSpoor),
    /// Schrijft het auditspoor naar een bestand, de oudste regel eerst
    #[command(help_template = HELP, override_usage = "zoekenvind audit uitvoer [OPTIES] BESTAND")]
    Uitvoer(VoerUit),
    /// Neemt de klok van deze computer voor goed aan, ook al staat er iets van later in het auditspoor
    #[command(name = "aanvaard-klok", help_template = HELP, override_usage = "zoekenvind audit aanvaard-klok --reden TEKST")]
    AanvaardKlok {
        /// Waarom de klok nu goed staat; dit komt in het auditspoor
        #[arg(long, value_name = "TEKST", help_heading = "Opties")]
        reden: String,
    },
}

/// Which records of the trail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct SpoorFilter {
    /// Alleen van deze zaak: zaaknummer of kenmerk
    #[arg(long, value_name = "ZAAKNUMMER")]
    pub zaak: Option<String>,
    /// Alleen wat dit account deed: inlognaam of kenmerk
    #[arg(long, value_name = "INLOGNAAM")]
    pub account: Option<String>,
    /// Alleen deze actie, zoals zoekactie.uitgevoerd; zonder punt alles wat zo begint
    #[arg(long, value_name = "ACTIE")]
    pub actie: Option<String>,
    /// Alleen wat gelukt of wat geweigerd is
    #[arg(long, value_name = "RESULTAAT", value_enum)]
    pub resultaat: Option<Outcome>,
    /// Vanaf deze dag, zoals 2026-03-01
    #[arg(long, value_name = "DAG")]
    pub van: Option<Date>,
    /// Tot en met deze dag
    #[arg(long, value_name = "DAG")]
    pub tot: Option<Date>,
    /// Alleen regels waar deze tekst in staat
    #[arg(long, value_name = "TEKST")]
    pub tekst: Option<String>,
}

/// `audit lees`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct LeesSpoor {
    /// Which records.
    #[command(flatten)]
    pub filter: SpoorFilter,
    /// Hoogstens zoveel regels [anders: 100]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        hide_default_value = true
    )]
    pub max: usize,
    /// Geef elke regel als JSON
    #[arg(long)]
    pub json: bool,
}

/// `audit uitvoer`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct VoerUit {
    /// Het bestand dat gemaakt wordt; het mag er nog niet zijn
    #[arg(value_name = "BESTAND", help_heading = "Argumenten")]
    pub bestand: PathBuf,
    /// csv: een tabel voor mensen; jsonl: het hele spoor om na te rekenen, zonder namen
    #[arg(
        long,
        value_enum,
        default_value = "csv",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub vorm: SpoorVorm,
    /// Which records.
    #[command(flatten)]
    pub filter: SpoorFilter,
}

/// `audit herhaal`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Herhaal {
    /// Nummer van de zoekactie in haar zaak
    #[arg(value_name = "NUMMER", help_heading = "Argumenten")]
    pub nummer: u32,
    /// Zaaknummer [anders: de lokale zaak]
    #[arg(long, value_name = "ZAAKNUMMER")]
    pub zaak: Option<String>,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}

/// `audit controleer`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Controleer {
    /// Een hoofd dat eerder bekend is gemaakt, zoals het in een uitvoer staat; mag vaker
    #[arg(long, value_name = "NUMMER:HASH")]
    pub hoofd: Vec<Head>,
    /// Een uitvoer (jsonl) in plaats van het spoor zelf; die wordt nagerekend zonder iets anders
    #[arg(long, value_name = "BESTAND")]
    pub uitvoer: Option<PathBuf>,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}
