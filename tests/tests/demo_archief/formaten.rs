//! As an information specialist I inherit drives full of programs that nobody has any more. I find what is written in
//! every format that can be read, and of what can only be recognised I am told what it is.

use std::collections::BTreeSet;

use zv_tests::program::text;

use super::DEMO;

/// A format, a sentence that stands in a file of it, and a part of the place where that is found.
const READ: &[(&str, &str, &str)] = &[
    (
        "7z",
        "inclusief tijdelijke opvang van de zwemclub",
        "Inschrijvingen.7z!/",
    ),
    ("accdb", "tillift reserveren bij de receptie", ".accdb"),
    (
        "arj",
        "woonarken betalen per strekkende meter",
        ".ARJ!/HAVENGLD.TXT",
    ),
    ("bmp", "wasplaats naast de receptie", "camping.bmp"),
    ("bz2", "schijf G met de postregistratie", ".bz2!/"),
    ("cab", "bij mist niet", ".CAB!/DIENSTREGELING.TXT"),
    (
        "csv",
        "vreest slaapverstoring door laagfrequent geluid",
        ".csv",
    ),
    ("dbf", "zeilvereniging de fuut jachthaven", ".DBF"),
    ("doc", "oeververbinding over de Ried te vernieuwen", ".doc"),
    ("docx", "programma aanpak stikstof", ".docx"),
    ("eml", "zie de bijlage", "Sleutels badhuis.eml"),
    ("epub", "leg verzakkingen vast in millimeters", ".epub"),
    ("facebook", "140 buurtbewoners naar de inloop", "Facebook/"),
    (
        "fodp",
        "een nieuw zwembad voor Riedhaven en Waterveen",
        ".fodp",
    ),
    ("fods", "beweegbare bodem", ".fods"),
    ("fodt", "begint de sloop van de oude badzaal", ".fodt"),
    ("gif", "laatste afvaart kwart over tien", "vaartijden.gif"),
    ("gz", "schijf F met de bouwtekeningen", ".gz!/"),
    (
        "html",
        "onderzoek in opdracht van de gemeente Waterveen",
        ".html",
    ),
    ("ics", "trillingsmeters staan klaar", ".ics"),
    (
        "instagram",
        "het nieuwe springkussen is een succes",
        "Instagram/",
    ),
    (
        "iso",
        "vraagt waarom de sluiswachter ook in 1998 geen woning krijgt",
        ".iso!/RAAD1998.TXT",
    ),
    (
        "iwork",
        "het buitenbad krijgt in 2025 een schuifdak van glas",
        ".pages",
    ),
    ("jp2", "duiken alleen in het diepe bad", "waarschuwing.jp2"),
    ("jpeg", "glijbaan buiten gebruik", "bord.jpg"),
    ("json", "2021 4567", "Kaartlaag turbines.json"),
    (
        "lha",
        "het vuurwerk wordt vanaf de pont afgestoken",
        ".LZH!/VUURWERK.TXT",
    ),
    ("linkedin", "vlotters en startblokken", "LinkedIn/"),
    ("lzma", "de diskettes van de havenmeester", ".lzma!/"),
    ("mbox", "geluidsmetingen", ".mbox!/"),
    ("md", "vragen en antwoorden voor gedupeerde ouders", ".md"),
    ("mdb", "betaalt sinds 2002 in natura met paling", ".mdb"),
    ("mht", "omwonenden kunnen schade melden", ".mht"),
    ("msg", "offerte damwand", ".msg"),
    ("odc", "bezoekers van zwembad De Otter per jaar", ".odc"),
    ("odg", "kassa en kluisjes links van de draaideur", ".odg"),
    (
        "odp",
        "overleg met veehouders en natuurorganisaties",
        ".odp",
    ),
    ("ods", "brede ondersteuning", ".ods"),
    ("odt", "de thuiszorg hergebruikt maskers", ".odt"),
    ("one", "de zoutelektrolyse onder de garantie valt", ".one"),
    (
        "p7m",
        "akkoord met de meerkosten van de waterzuivering",
        "Akkoord wethouder.p7m!/",
    ),
    ("pdf", "gedupeerde ouders zich gemeld", ".pdf"),
    ("png", "situatie", ".png"),
    ("ppt", "bewoners van de Riedkade zijn welkom", ".ppt"),
    ("pptx", "evaluatie renovatie gemeentehuis", ".pptx"),
    ("pst", "offerte damwand", ".pst!/"),
    ("pub", "zaterdag is de discozwemavond", ".pub"),
    (
        "rar",
        "de heipalen onder het duikbad zijn te kort",
        "Bouwvergadering 3.rar!/",
    ),
    (
        "rar",
        "het lekkende dilatatievoegband",
        "Bouwvergadering 4 (oude RAR).rar!/",
    ),
    ("rtf", "proces verbaal van oplevering", ".rtf"),
    ("signal", "de leverancier zit op week 31", "chat.md"),
    (
        "slack",
        "de tegels voor het instructiebad zijn afgekeurd",
        "slack",
    ),
    (
        "sms",
        "de stoomketel van De Otter is vannacht uitgevallen",
        "sms",
    ),
    ("srt", "toen het zwembad nog geen dak had", ".srt"),
    ("svg", "zonnepanelen op het schuine dak", ".svg"),
    (
        "tar",
        "niemand kende de stroming zoals jij",
        ".tar!/secretarie/afscheid.txt",
    ),
    (
        "teams",
        "de stuurgroep kiest voor de goedkope waterglijbaan",
        "teams",
    ),
    ("telegram", "ik na het waterpolo", "telegram"),
    ("tiff", "totaal 61.350 gulden", "Fax aannemer dak.tif"),
    (
        "tnef",
        "reservesleutels van het badhuis liggen bij de havenmeester",
        "!/winmail.dat",
    ),
    ("tsv", "tienbadenkaart", ".tsv"),
    ("txt", "ingekomen op 14 januari 2021", ".txt"),
    ("uue", "het kinderbad twee dagen dicht", ".UUE!/BADRAPP.TXT"),
    ("vcf", "toezichthouder kades", ".vcf"),
    ("vsdx", "douches verplicht voor de badzaal", ".vsdx"),
    ("vtt", "we staan hier bij de kade", ".vtt"),
    ("webp", "tosti met kaas", "menukaart.webp"),
    ("whatsapp", "scheuren in de voorgevel", ".txt"),
    (
        "wpd",
        "de pont vervoerde in 1993 nog 41.000 fietsers",
        ".WP5",
    ),
    (
        "wpd",
        "de kleedkamers worden geschilderd door vrijwilligers",
        ".wpd",
    ),
    ("x", "dicht door een defecte warmtewisselaar", "tweets.js"),
    ("xls", "offerte nog opvragen", ".xls"),
    ("xlsb", "bijdrage schoolzwemmen 61000", ".xlsb"),
    ("xlsx", "nota spoedinkoop mondkapjes", ".xlsx"),
    ("xml", "20 jaar na het vervallen", ".xml"),
    ("xz", "schijf H met de loonadministratie", ".xz!/"),
    ("z", "de oude Unix server", ".Z!/"),
    ("zip", "parkeerstrook", "Marieke Visser.zip!/"),
    ("zst", "de cd roms uit de kluis", ".zst!/"),
];

/// A format that gives no text here, the file of it, what the program says of it, and what finds it all the same.
const TOLD: &[(&str, &str, &str, &str)] = &[
    (
        "avif",
        "Drone dak.avif",
        "tesseract leest het formaat avif niet",
        "drone",
    ),
    (
        "bkf",
        "RAADHUIS.BKF",
        "een reservekopie van Windows",
        "raadhuis.bkf",
    ),
    (
        "dbx",
        "Postvak IN.dbx",
        "een postvak van Outlook Express",
        "\"postvak in\"",
    ),
    (
        "djvu",
        "Affiche opening 1974.djvu",
        "tesseract leest het formaat djvu niet",
        "affiche",
    ),
    (
        "dwg",
        "Kleedkamers 1986.dwg",
        "een bouwtekening",
        "kleedkamers 1986",
    ),
    (
        "heif",
        "badzaal.heic",
        "tesseract leest het formaat heif niet",
        "0412 badzaal",
    ),
    (
        "jxl",
        "Tegelwerk.jxl",
        "tesseract leest het formaat jxl niet",
        "tegelwerk",
    ),
    (
        "jxr",
        "Kleedkamers.jxr",
        "tesseract leest het formaat jxr niet",
        "kleedkamers.jxr",
    ),
    (
        "mp3",
        "Interview badmeester.mp3",
        "een geluidsopname",
        "\"opgenomen in de machinekamer\"",
    ),
    (
        "mp4",
        "Rondleiding machinekamer.mp4",
        "een video",
        "rondleiding",
    ),
    (
        "mpp",
        "Planning verbouwing.mpp",
        "een planning van Microsoft Project",
        "\"verbouwing kleedgebouw\"",
    ),
    ("nsf", "secretaris.nsf", "Lotus Notes", "secretaris.nsf"),
    (
        "p7m",
        "Klacht over medewerker.p7m",
        "versleuteld (S/MIME)",
        "klacht medewerker",
    ),
    (
        "7z",
        "Inschrijvingen (gesloten).7z",
        "er is een wachtwoord nodig",
        "gesloten",
    ),
    (
        "ps",
        "Pont dwarsdoorsnede.ps",
        "een PostScript-bestand",
        "dwarsdoorsnede",
    ),
    (
        "psd",
        "Logo De Otter.psd",
        "tesseract leest het formaat psd niet",
        "logo otter",
    ),
    (
        "sqlite",
        "inventaris.sqlite",
        "een gegevensbank (SQLite)",
        "inventaris.sqlite",
    ),
    (
        "vsd",
        "Organogram secretarie.vsd",
        "een Visio-tekening van vóór 2013",
        "\"bezetting 1 mei 2004\"",
    ),
    (
        "wav",
        "Geluidsmeting badzaal.wav",
        "een geluidsopname",
        "geluidsmeting",
    ),
    (
        "wk1",
        "BEGR98.WK1",
        "een rekenblad van Lotus 1-2-3",
        "begr98",
    ),
    (
        "wps",
        "BRIEF01.WPS",
        "een bestand van Microsoft Works",
        "visclub",
    ),
];

#[test]
fn a_sentence_of_every_format_is_found() {
    let mut lost = Vec::new();
    for (format, sentence, place) in READ {
        let found = DEMO.indexed.paths(&format!("\"{sentence}\""));
        if !found.iter().any(|path| path.contains(place)) {
            lost.push(format!("{format}: {sentence:?} gives {found:?}"));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn what_can_only_be_recognised_says_so_and_is_found_by_what_it_tells() {
    let list = DEMO.first["onleesbare_bestanden"].as_array().unwrap();
    for (format, file, reason, question) in TOLD {
        let line = list.iter().find(|line| text(line, "pad").ends_with(file));
        let line = line.unwrap_or_else(|| panic!("{file} is not in {list:#?}"));
        assert!(text(line, "reden").contains(reason), "{line}");
        let found = DEMO.indexed.paths(&format!("type:{format} {question}"));
        assert!(
            found.iter().any(|path| path.ends_with(file)),
            "{question}: {found:?}"
        );
    }
}

#[test]
fn every_format_of_the_archive_is_asked_for_here() {
    let found = DEMO.indexed.search_with("", &["--facet", "formaat"]);
    let values = found["facetten"]["formaat"].as_array().unwrap();
    let present: BTreeSet<String> = values.iter().map(|value| text(value, "waarde")).collect();
    let asked = READ.iter().map(|(format, ..)| *format);
    let told = TOLD.iter().map(|(format, ..)| *format);
    // An empty file, and what a password locks: nothing tells what it is.
    let asked: BTreeSet<String> = asked
        .chain(told)
        .chain(["leeg", "onbekend"])
        .map(str::to_owned)
        .collect();
    assert_eq!(present, asked);
}
