//! Subcommands and options, with their Dutch help.

mod audit;
mod bron;

pub use audit::{Audit, AuditCommand, Controleer, Herhaal, LeesSpoor, SpoorFilter, VoerUit};
pub use bron::{Bron, BronCommand};

use crate::mensen::Rol;
use crate::search::{Wijze, collapse_named, date_field_named, mode_named, sort_named};
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use zv_shared::index::settings::Motor;
use zv_shared::index::{Collapse, DateField, FacetField, Sort};
use zv_shared::plan::Mode;

const HELP: &str = "{about}\n\nGebruik: {usage}\n\n{all-args}{after-help}";

/// All arguments.
#[derive(Debug, Parser)]
#[command(
    name = "zoekenvind",
    version,
    about = "Zoek & Vind: doorzoekt archieven op deze computer",
    help_template = HELP,
    override_usage = "zoekenvind [OPTIES] OPDRACHT",
    after_help = "Uitgang: 0 klaar, 1 mislukt, 2 fout in vraag of aanroep, 3 verwijderingen ingehouden, \
                  4 index van een andere versie, 5 er loopt al een andere run.",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_help_heading = "Opdrachten",
    subcommand_value_name = "OPDRACHT",
    next_help_heading = "Opties"
)]
pub struct Arguments {
    /// Map voor index en toestand [anders: $XDG_DATA_HOME/zoekenvind of ~/.local/share/zoekenvind]
    #[arg(
        long,
        global = true,
        value_name = "MAP",
        env = "ZOEKENVIND_STAAT",
        hide_env_values = true
    )]
    pub staat: Option<PathBuf>,
    /// Toon deze hulp
    #[arg(short = 'h', long = "help", visible_alias = "hulp", global = true, action = clap::ArgAction::HelpShort)]
    help: Option<bool>,
    /// Toon de versie
    #[arg(short = 'V', long = "version", visible_alias = "versie", action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Leest een map in en houdt bij wat er met elk bestand gebeurt
    #[command(help_template = HELP, override_usage = "zoekenvind index [OPTIES] MAP")]
    Index(Index),
    /// Zoekt in wat ingelezen is
    #[command(help_template = HELP, override_usage = "zoekenvind zoek [OPTIES] VRAAG")]
    Zoek(Zoek),
    /// Laat zien wat de lezer van een bestand maakt
    #[command(help_template = HELP, override_usage = "zoekenvind lees [OPTIES] BESTAND")]
    Lees(Lees),
    /// Laat zien in welke termen tekst uiteenvalt, per regel een JSON-object
    #[command(help_template = HELP, override_usage = "zoekenvind analyseer [OPTIES] [TEKST]")]
    Analyseer(Analyseer),
    /// Start alleen de webpagina's en de API
    #[command(help_template = HELP, override_usage = "zoekenvind serve [OPTIES]")]
    Serve(Serve),
    /// Beheert bronnen: toevoegen, regels, rooster, proefscan
    #[command(help_template = HELP, override_usage = "zoekenvind bron [OPTIES] OPDRACHT",
        disable_help_subcommand = true, subcommand_help_heading = "Opdrachten", subcommand_value_name = "OPDRACHT")]
    Bron(Bron),
    /// Beheert accounts; vanaf het eerste account moet iedereen inloggen
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker [OPTIES] DOET")]
    Gebruiker(Gebruiker),
    /// Toont de instellingen die nu gelden, zoals ze in zoekenvind.toml kunnen staan
    #[command(help_template = HELP, override_usage = "zoekenvind instellingen [OPTIES]")]
    Instellingen(Instellingen),
    /// Geeft de aanvulling van opdrachten voor een shell
    #[command(help_template = HELP, override_usage = "zoekenvind aanvulling SHELL")]
    Aanvulling(Aanvulling),
    /// Schrijft de handleidingen voor man in een map
    #[command(hide = true, help_template = HELP, override_usage = "zoekenvind handleidingen MAP")]
    Handleidingen(Handleidingen),
    /// Maakt een kopie van alles wat bewaard is, controleert die of zet hem terug
    #[command(help_template = HELP, override_usage = "zoekenvind reservekopie OPDRACHT MAP",
        disable_help_subcommand = true, subcommand_help_heading = "Opdrachten", subcommand_value_name = "OPDRACHT")]
    Reservekopie(Reservekopie),
    /// Start de webpagina's en leest een map in, of een demo-archief
    #[command(help_template = HELP, override_usage = "zoekenvind start [OPTIES] [MAP]")]
    Start(Start),
    /// Leest, controleert of bewaart het auditspoor, of doet een vastgelegde zoekactie over
    #[command(help_template = HELP, override_usage = "zoekenvind audit [OPTIES] OPDRACHT",
        disable_help_subcommand = true, subcommand_help_heading = "Opdrachten", subcommand_value_name = "OPDRACHT")]
    Audit(Audit),
}

impl Command {
    /// The word that somebody types.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Index(_) => "index",
            Command::Zoek(_) => "zoek",
            Command::Lees(_) => "lees",
            Command::Analyseer(_) => "analyseer",
            Command::Serve(_) => "serve",
            Command::Bron(_) => "bron",
            Command::Gebruiker(_) => "gebruiker",
            Command::Instellingen(_) => "instellingen",
            Command::Aanvulling(_) => "aanvulling",
            Command::Handleidingen(_) => "handleidingen",
            Command::Reservekopie(_) => "reservekopie",
            Command::Start(_) => "start",
            Command::Audit(_) => "audit",
        }
    }
}

/// `index`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Index {
    /// De map die ingelezen wordt; met --opnieuw, --terug, --bevestig of --stand mag hij ontbreken
    #[arg(
        value_name = "MAP",
        required_unless_present_any = ["opnieuw", "terug", "bevestig", "stand", "verplaats", "verwijder"],
        help_heading = "Argumenten"
    )]
    pub map: Option<PathBuf>,
    /// Naam van de bron [anders: de naam van de map]
    #[arg(long, value_name = "NAAM")]
    pub bron: Option<String>,
    /// Bestand met wachtwoorden, een per regel, voor wat versleuteld is; geldt ook voor latere runs
    #[arg(long, value_name = "BESTAND")]
    pub wachtwoorden: Option<PathBuf>,
    /// Maak de index opnieuw uit de bewaarde teksten; de oude blijft bewaard
    #[arg(long)]
    pub opnieuw: bool,
    /// Ga terug naar de index van voor --opnieuw
    #[arg(long, conflicts_with_all = ["map", "opnieuw", "bevestig", "stand"])]
    pub terug: bool,
    /// Ga ook terug als er daarna is ingelezen; die bronnen worden dan opnieuw ingelezen
    #[arg(long, requires = "terug")]
    pub toch: bool,
    /// De nieuwe index is goed: verwijder die van ervoor
    #[arg(long, conflicts_with_all = ["map", "opnieuw", "stand"])]
    pub bevestig: bool,
    /// Toon welke indexen er zijn
    #[arg(long, conflicts_with_all = ["map", "opnieuw"])]
    pub stand: bool,
    /// Verplaats de index naar een andere zoekmachine (ingebouwd of opensearch), zonder bronnen te lezen
    #[arg(
        long,
        value_name = "MOTOR",
        conflicts_with_all = ["map", "opnieuw", "terug", "bevestig", "stand"]
    )]
    pub verplaats: Option<Motor>,
    /// Carries out the orders to remove documents that were confirmed.
    #[arg(long, hide = true, conflicts_with_all = ["map", "opnieuw", "terug", "bevestig", "stand"])]
    pub verwijder: bool,
    /// Number of the job of a server for which this is done: the server keeps the record.
    #[arg(long, hide = true)]
    pub opdracht: Option<u32>,
    /// Vergelijk ook de inhoud van bestanden waarvan grootte en tijden hetzelfde zijn
    #[arg(long)]
    pub volledig: bool,
    /// Probeer bestanden die niet leesbaar waren opnieuw
    #[arg(long)]
    pub probeer_opnieuw: bool,
    /// Toon van elk onleesbaar bestand het pad en de reden
    #[arg(long)]
    pub onleesbaar: bool,
    /// Verwijder uit de index wat verdwenen is, ook als dat veel is
    #[arg(long)]
    pub bevestig_verwijderen: bool,
    /// Lees ook als dit systeem de lezers niet kan afschermen
    #[arg(long)]
    pub zonder_zandbak: bool,
    /// Sla de tekstherkenning (OCR) van afbeeldingen en scans over
    #[arg(long)]
    pub zonder_ocr: bool,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}

/// `zoek`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Zoek {
    /// De vraag; - leest hem van de standaardinvoer
    #[arg(
        value_name = "VRAAG",
        required_unless_present = "lijst",
        help_heading = "Argumenten"
    )]
    pub vraag: Option<String>,
    /// alle: de zoektaal; een: gewone taal, een van de woorden is genoeg
    #[arg(
        long,
        value_enum,
        default_value = "alle",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub wijze: Wijze,
    /// Hoogstens zoveel resultaten [anders: 10]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        hide_default_value = true
    )]
    pub max: u64,
    /// Alleen documenten met deze waarde, zoals soort=brief; mag vaker
    #[arg(long, value_name = "VELD=WAARDE", value_parser = filter)]
    pub filter: Vec<(FacetField, String)>,
    /// Tel de waarden van dit veld; mag vaker
    #[arg(long, value_name = "VELD", value_parser = field)]
    pub facet: Vec<FacetField>,
    /// Volgorde: relevantie, datum-nieuwst, datum-oudst of pad
    #[arg(long, value_name = "VOLGORDE", default_value = "relevantie", hide_default_value = true, value_parser = sort)]
    pub sorteer: Sort,
    /// Welke datum telt: datum, verzonden, document of gewijzigd
    #[arg(long, value_name = "VELD", default_value = "datum", hide_default_value = true, value_parser = date_field)]
    pub datumveld: DateField,
    /// Toon samen wat bij elkaar hoort: geen, dubbel, bijna of draad
    #[arg(long, value_name = "WAT", default_value = "geen", hide_default_value = true, value_parser = collapse)]
    pub samenvoegen: Collapse,
    /// Hoe ruim elk woord telt: exact, normaal of breed
    #[arg(long, value_name = "HOE", default_value = "normaal", hide_default_value = true, value_parser = mode)]
    pub breedte: Mode,
    /// Laat bij een periode documenten zonder datum weg
    #[arg(long)]
    pub zonder_ongedateerd: bool,
    /// Beantwoord elke regel van dit bestand: een vraag, of een kenmerk, een tab en een vraag
    #[arg(long, value_name = "BESTAND", conflicts_with = "vraag")]
    pub lijst: Option<PathBuf>,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}

/// `lees`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Lees {
    /// Het bestand
    #[arg(value_name = "BESTAND", help_heading = "Argumenten")]
    pub bestand: PathBuf,
    /// Bestand met wachtwoorden, een per regel, voor wat versleuteld is
    #[arg(long, value_name = "BESTAND")]
    pub wachtwoorden: Option<PathBuf>,
    /// Lees ook als dit systeem de lezers niet kan afschermen
    #[arg(long)]
    pub zonder_zandbak: bool,
    /// Sla de tekstherkenning (OCR) van afbeeldingen en scans over
    #[arg(long)]
    pub zonder_ocr: bool,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}

/// `analyseer`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Analyseer {
    /// De tekst [anders: de regels van de standaardinvoer]
    #[arg(value_name = "TEKST", help_heading = "Argumenten")]
    pub tekst: Option<String>,
    /// De uitkomst is altijd JSON
    #[arg(long, hide = true)]
    pub json: bool,
}

/// `serve`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Serve {
    /// Adres en poort [anders: 'luister' in de instellingen, of 127.0.0.1:8080]
    #[arg(long, value_name = "ADRES", value_parser = address)]
    pub adres: Option<SocketAddr>,
}

/// `instellingen`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Instellingen {
    /// Geef de uitkomst als JSON
    #[arg(long)]
    pub json: bool,
}

/// `aanvulling`
#[derive(Debug, Args)]
pub struct Aanvulling {
    /// bash, zsh, fish, elvish of powershell
    #[arg(
        value_name = "SHELL",
        hide_possible_values = true,
        help_heading = "Argumenten"
    )]
    pub shell: clap_complete::Shell,
}

/// `handleidingen`
#[derive(Debug, Args)]
pub struct Handleidingen {
    /// De map, die er al is
    #[arg(value_name = "MAP", help_heading = "Argumenten")]
    pub map: PathBuf,
}

/// `reservekopie`
#[derive(Debug, Args)]
pub struct Reservekopie {
    /// What to do.
    #[command(subcommand)]
    pub doet: ReservekopieDoet,
}

/// What to do with a copy of the state.
#[derive(Clone, Debug, Subcommand)]
pub enum ReservekopieDoet {
    /// Maakt een kopie in een lege map, ook terwijl de server draait
    #[command(help_template = HELP, override_usage = "zoekenvind reservekopie maak [OPTIES] MAP")]
    Maak(KopieMap),
    /// Vergelijkt elk bestand van een kopie met zijn SHA-256
    #[command(help_template = HELP, override_usage = "zoekenvind reservekopie controleer [OPTIES] MAP")]
    Controleer(KopieMap),
    /// Zet een kopie terug in een lege staat
    #[command(help_template = HELP, override_usage = "zoekenvind reservekopie terug [OPTIES] MAP")]
    Terug(KopieMap),
}

/// Where a copy is.
#[derive(Clone, Debug, Args)]
pub struct KopieMap {
    /// De map met de kopie
    #[arg(value_name = "MAP", help_heading = "Argumenten")]
    pub map: PathBuf,
    /// Geef de uitkomst als JSON
    #[arg(long, help_heading = "Opties")]
    pub json: bool,
}

/// `gebruiker`
#[derive(Debug, Args)]
#[command(
    next_help_heading = "Opties",
    subcommand_help_heading = "Doet",
    subcommand_value_name = "DOET",
    disable_help_subcommand = true
)]
pub struct Gebruiker {
    /// What to do.
    #[command(subcommand)]
    pub doet: GebruikerDoet,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum GebruikerDoet {
    /// Maakt een account; het wachtwoord wordt gevraagd, of komt van de standaardinvoer
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker maak [OPTIES] INLOGNAAM")]
    Maak {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
        /// Naam zoals anderen hem zien [anders: de inlognaam]
        #[arg(long, value_name = "NAAM", help_heading = "Opties")]
        naam: Option<String>,
        /// Wat iemand doet: informatiespecialist, woo-jurist, regisseur, beheerder-bronnen, beheerder-autorisatie of
        /// auditor; mag vaker
        #[arg(long, value_name = "ROL", value_parser = role, help_heading = "Opties")]
        rol: Vec<Rol>,
    },
    /// Geeft een account andere rollen; wat niet genoemd wordt, vervalt
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker rol [OPTIES] INLOGNAAM")]
    Rol {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
        /// Wat iemand voortaan doet: informatiespecialist, woo-jurist, regisseur, beheerder-bronnen,
        /// beheerder-autorisatie of auditor; mag vaker
        #[arg(long, value_name = "ROL", required = true, value_parser = role, help_heading = "Opties")]
        rol: Vec<Rol>,
    },
    /// Toont de accounts
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker lijst")]
    Lijst,
    /// Geeft een account een nieuw wachtwoord; het wordt gevraagd, of komt van de standaardinvoer
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker wachtwoord INLOGNAAM")]
    Wachtwoord {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
    },
    /// Laat iemand weer inloggen
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker aan INLOGNAAM")]
    Aan {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
    },
    /// Laat iemand niet meer inloggen
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker uit INLOGNAAM")]
    Uit {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
    },
    /// Toont de tokens van een account
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker tokens INLOGNAAM")]
    Tokens {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
    },
    /// Trekt een token in; het werkt daarna niet meer
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker trek-in NUMMER")]
    TrekIn {
        /// Nummer van het token
        #[arg(value_name = "NUMMER", help_heading = "Argumenten")]
        nummer: i64,
    },
    /// Haalt de tweede stap van een account weg, van wie de app en de herstelcodes kwijt is
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker tweede-stap-weg INLOGNAAM")]
    TweedeStapWeg {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
    },
    /// Wist de naam van een account: die wordt een pseudoniem, en inloggen kan niet meer
    #[command(help_template = HELP, override_usage = "zoekenvind gebruiker vergeet --reden REDEN INLOGNAAM")]
    Vergeet {
        /// Waarmee iemand inlogt
        #[arg(value_name = "INLOGNAAM", help_heading = "Argumenten")]
        inlognaam: String,
        /// Waarom; komt in het auditspoor
        #[arg(long, value_name = "REDEN", help_heading = "Opties")]
        reden: String,
    },
}

/// `start`
#[derive(Debug, Args)]
#[command(next_help_heading = "Opties")]
pub struct Start {
    /// De map die ingelezen wordt [anders: een demo-archief dat het programma zelf schrijft]
    #[arg(value_name = "MAP", help_heading = "Argumenten")]
    pub map: Option<PathBuf>,
}

fn field(name: &str) -> Result<FacetField, String> {
    // In a question the format is called `type:`.
    let name = if name == "type" { "formaat" } else { name };
    FacetField::parse(name).ok_or_else(|| {
        let names = FacetField::ALL.map(FacetField::name).join(", ");
        format!("onbekend veld; kies uit {names}")
    })
}

fn filter(text: &str) -> Result<(FacetField, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("schrijf een filter als veld=waarde, zoals soort=brief")?;
    Ok((field(name)?, value.to_owned()))
}

fn role(name: &str) -> Result<Rol, String> {
    Rol::named(name).ok_or_else(|| format!("kies uit {}", Rol::ALL.map(Rol::name).join(", ")))
}

fn sort(name: &str) -> Result<Sort, String> {
    sort_named(name).ok_or_else(|| format!("kies uit {}", Sort::ALL.map(Sort::name).join(", ")))
}

fn mode(name: &str) -> Result<Mode, String> {
    mode_named(name).ok_or_else(|| format!("kies uit {}", Mode::ALL.map(Mode::name).join(", ")))
}

fn collapse(name: &str) -> Result<Collapse, String> {
    let names = || Collapse::ALL.map(Collapse::name).join(", ");
    collapse_named(name).ok_or_else(|| format!("kies uit {}", names()))
}

fn date_field(name: &str) -> Result<DateField, String> {
    date_field_named(name).ok_or_else(|| {
        format!(
            "kies uit {}",
            DateField::ALL.map(DateField::name).join(", ")
        )
    })
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.replacen("localhost:", "127.0.0.1:", 1);
    text.parse()
        .map_err(|_| "schrijf een adres als 127.0.0.1:8080".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(arguments: &[&str]) -> Result<Command, clap::Error> {
        let all = std::iter::once(&"zoekenvind").chain(arguments);
        Arguments::try_parse_from(all).map(|arguments| arguments.command)
    }

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_search_takes_filters_by_name() {
        let Ok(Command::Zoek(zoek)) = parse(&[
            "zoek",
            "a=b",
            "--filter",
            "soort=nota=x",
            "--filter",
            "type=pdf",
            "--facet",
            "jaar",
            "--max",
            "0",
        ]) else {
            panic!("not understood")
        };
        assert_eq!(
            zoek.filter,
            [
                (FacetField::Soort, "nota=x".into()),
                (FacetField::Formaat, "pdf".into())
            ]
        );
        assert_eq!((zoek.facet, zoek.max), (vec![FacetField::Jaar], 0));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for wrong in [
            &["zoek"][..],
            &["zoek", "a", "--lijst", "b"],
            &["zoek", "a", "--filter", "kleur=rood"],
            &["zoek", "a", "--filter", "soort"],
            &["zoek", "a", "--sorteer", "mooi"],
            &["index"],
            &["serve", "--adres", "overal"],
            &["dans"],
            &["gebruiker"],
            &["gebruiker", "maak"],
            &["gebruiker", "maak", "els", "--rol", "baas"],
            &["gebruiker", "rol", "els"],
            &[],
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(&["index", "--opnieuw"]).is_ok());
        assert!(parse(&["gebruiker", "rol", "els", "--rol", "auditor"]).is_ok());
        assert!(parse(&["zoek", "-"]).is_ok());
        assert!(parse(&["zoek", "--", "-a"]).is_ok());
    }
}
