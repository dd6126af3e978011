//! Texts of the story of child care benefits: help for wronged parents, subsidies and privacy. Only words;
//! every organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::Docx, "2021-04-08 09:50", "Sanne Wittebol",
        "Sociaal Domein/Kinderopvangtoeslag/Plan van aanpak gedupeerde ouders.docx",
        "Plan van aanpak hulp aan gedupeerde ouders kinderopvangtoeslag", "
Vastgesteld door het college op 6 april 2021. Zaaknummer: Z-2021-000077.

# Aanleiding

Ook in Waterveen zijn ouders in de problemen gekomen doordat zij hun kinderopvangtoeslag ten onrechte moesten terugbetalen. Wij hebben
de gegevens van 64 ouders ontvangen die zich als gedupeerde hebben gemeld. De gemeente biedt deze ouders een nieuwe start.

# Wat wij doen

- Binnen twee weken na de melding belt een vaste contactpersoon de ouder.
- Samen maken zij een plan op vijf leefgebieden: wonen, werk, gezin, gezondheid en schulden.
- Gemeentelijke schulden worden kwijtgescholden; voor andere schulden is er schuldhulpverlening.
- Kinderen die uit huis zijn geplaatst, krijgen met hun ouders hulp van een onafhankelijke ondersteuner.

# Geld

Het ministerie van BZK en het Rijk vergoeden de kosten via een specifieke uitkering. Wij ramen de uitgaven voor 2021 op 182.000 euro.

# Privacy

De gegevens worden alleen gebruikt om hulp te bieden. De functionaris gegevensbescherming (FG) heeft op 22 maart 2021 geadviseerd; wij
volgen dat advies en de AVG. De toegang is beperkt tot drie medewerkers.
"),
    text(Format::Html, "2021-09-27 11:00", "Gemeente Waterveen",
        "Sociaal Domein/Kinderopvangtoeslag/Subsidieregeling kinderopvang peuters.html",
        "Subsidieregeling kinderopvang peuters Waterveen 2022", "
Het college van burgemeester en wethouders besluit de volgende regeling vast te stellen.

# Artikel 1. Begrippen

In deze regeling wordt verstaan onder ouder: de persoon die geen recht heeft op kinder¬opvang¬toeslag en van wie een kind gebruik
maakt van een peuter¬plaats; onder peuter¬opvang: opvang van kinderen van twee tot vier jaar in een geregistreerd kinder¬centrum.

# Artikel 2. Subsidie

De houder van een kinder¬centrum kan subsidie aanvragen voor peuter¬plaatsen van ouders zonder kinder¬opvang¬toeslag. De subsidie
bedraagt ten hoogste het uurtarief van de kinder¬opvang¬toeslag, verminderd met de ouder¬bijdrage.

# Artikel 3. Aanvragen

- De subsidie¬aanvraag wordt ingediend vóór 1 november.
- Het bestuurs¬orgaan beslist binnen acht weken.
- Subsidies worden vastgesteld op basis van de bezette plaatsen.

# Artikel 4. Subsidieplafond

Het subsidie¬plafond voor 2022 is 410.000 euro. Aanvragen worden behandeld op volgorde van binnenkomst.
"),
    text(Format::Xlsx, "2022-12-19 14:30", "Sanne Wittebol",
        "Sociaal Domein/Kinderopvangtoeslag/Subsidieregister kinderopvang 2022.xlsx",
        "Subsidieregister kinderopvang 2022", "
# Verleend
Beschikking;Aanvrager;Peuterplaatsen;Subsidie (euro);Besluitdatum;Status
SUB-2022-011;Kindercentrum De Waterlelie;32;118400;2021-12-06;verleend
SUB-2022-012;Peuteropvang Noordeinde;14;51800;2021-12-06;verleend
SUB-2022-015;Kinderopvang 't Kroosje;24;88800;2021-12-13;verleend
SUB-2022-019;Gastouderbureau Veenhof;0;0;2022-01-10;geweigerd
SUB-2022-022;Kindercentrum Café Bambino;9;33300;2022-01-17;ingetrokken
# Vaststelling
Beschikking;Voorschot;Vastgesteld;Terugvordering
SUB-2022-011;118400;111000;7400
SUB-2022-012;51800;51800;0
SUB-2022-015;88800;81400;7400
"),
    text(Format::Docx, "2022-01-10 10:10", "Sanne Wittebol",
        "Sociaal Domein/Kinderopvangtoeslag/Beschikking SUB-2022-019 Gastouderbureau Veenhof.docx",
        "Beschikking weigering subsidie SUB-2022-019", "
Aan: Gastouderbureau Veenhof. Verzonden op 10 januari 2022.

Geachte mevrouw, mijnheer,

Op 29 oktober 2021 vroeg u subsidie aan voor peuterplaatsen in 2022. Wij weigeren de subsidie.

# Waarom weigeren wij de subsidie?

De Subsidieregeling kinderopvang peuters Waterveen 2022 geldt alleen voor kindercentra. Een gastouderbureau is geen kindercentrum in
de zin van artikel 1. Bovendien hebben de ouders die u noemt, recht op kinderopvangtoeslag. Zij komen daarom niet in aanmerking.

# Wat kunt u doen?

Bent u het niet eens met dit besluit? Maak dan binnen zes weken bezwaar. In uw bezwaarschrift staan uw naam, de datum, het nummer
van de beschikking en de reden. Wilt u eerst overleggen? Bel dan met Sanne Wittebol van de afdeling Samenleving.
"),
    text(Format::Odt, "2021-03-22 16:20", "Functionaris gegevensbescherming",
        "Sociaal Domein/Kinderopvangtoeslag/Advies FG gegevensdeling hersteloperatie.odt",
        "Advies over gegevensdeling bij de hersteloperatie", "
Advies van de functionaris gegevensbescherming (FG), 22 maart 2021, AVG-2021-009.

# Vraag

Mag de gemeente gegevens van gedupeerde ouders ontvangen en gebruiken om hun brede hulp aan te bieden?

# Beoordeling

De grondslag is een taak van algemeen belang (artikel 6, eerste lid, onder e, van de AVG). Ouders geven zelf toestemming voor het
doorgeven van hun gegevens aan de gemeente. Een gegevensbeschermingseffectbeoordeling (DPIA) is nodig, omdat het om kwetsbare
mensen en om gezondheidsgegevens gaat.

# Advies

- Beperk de toegang tot ten hoogste drie medewerkers en leg elke raadpleging vast.
- Bewaar de gegevens niet langer dan twee jaar na de afronding van de hulp.
- Neem de verwerking op in het verwerkingsregister.
- Stuur geen lijsten met namen per e-mail; gebruik een beveiligde omgeving.
"),
    text(Format::Markdown, "2021-05-03 13:40", "Zoë Brandsma",
        "Sociaal Domein/Kinderopvangtoeslag/Vragen en antwoorden gedupeerde ouders.md",
        "Vragen en antwoorden voor gedupeerde ouders", "
# Wanneer ben ik gedupeerd?

U bent gedupeerd als u kinderopvangtoeslag moest terugbetalen terwijl dat niet terecht was. Het Rijk beoordeelt dat. De gemeente kan
u al helpen zodra u zich hebt aangemeld.

# Welke hulp krijg ik van de gemeente?

- Hulp bij schulden, ook bij uw energierekening of huurachterstand.
- Hulp bij het vinden van een woning of werk.
- Ondersteuning voor uw kinderen, bijvoorbeeld op school.

# Moet ik mijn toeslagen melden bij de gemeente?

Nee. De compensatie telt niet mee voor uw bijstandsuitkering. U hoeft toeslagen en compensatie niet door te geven.

# Wie leest mijn gegevens?

Alleen uw contactpersoon en twee collega's. Dat is afgesproken met de privacyfunctionaris.
"),
    text(Format::Pdf, "2023-02-14 09:15", "Sanne Wittebol",
        "Sociaal Domein/Kinderopvangtoeslag/Jaarverslag hersteloperatie 2022.pdf",
        "Jaarverslag hersteloperatie kinderopvangtoeslag 2022", "
Afdeling Samenleving, 14 februari 2023. Zaaknummer: Z-2021-000077.

# 1. In het kort

Sinds de start in april 2021 hebben 118 gedupeerde ouders zich gemeld voor de herstel¬operatie kinder¬opvang¬toeslag. Met 109 ouders
is contact; 71 ouders hebben een plan van aanpak en 38 trajecten zijn afgerond.

# 2. Wat hebben ouders gekregen?

| Soort hulp | Ouders | Uitgaven in euro
| Schuld¬hulp | 52 | 61.300
| Wonen | 19 | 24.850
| Gezin en jeugd | 33 | 40.120
| Gezondheid | 27 | 18.900
| Werk en opleiding | 14 | 12.475

De kwijt¬schelding van gemeentelijke schulden bedroeg 47.212 euro. Twee gezinnen met een uithuis¬geplaatst kind kregen een
onafhankelijke onder¬steuner.

---
# 3. Wat vinden ouders?

Ouders waarderen de vaste contact¬persoon met een 8,1. Zij zijn minder tevreden over de wachttijd bij de integrale beoordeling door het
Rijk. Een moeder schreef: ‘Voor het eerst werd ik geloofd.’

# 4. Vooruitblik

In 2023 verwachten wij nog 40 nieuwe meldingen. De specifieke uitkering loopt tot en met 2024. De nazorg, ook voor jong¬volwassenen van
wie de ouders gedupeerd zijn, wordt opgenomen in de begroting.
"),
    text(Format::Docx, "2022-05-02 08:30", "Renée Duinker",
        "Directie Juridische Zaken/Werkinstructies/Werkinstructie Woo en AVG.docx",
        "Werkinstructie Woo en AVG", "
Versie 1.0, 2 mei 2022. Voor alle medewerkers die documenten zoeken voor een Woo-verzoek.

# Sinds 1 mei 2022 geldt de Woo

De Wet open overheid (Woo) vervangt de Wet openbaarheid van bestuur (Wob). Een bestuursorgaan beslist binnen vier weken en kan die
termijn één keer met twee weken verlengen.

# Zo zoekt u

- Schrijf vooraf op in welke systemen u zoekt en welke systemen u niet doorzoekt, met de reden.
- Noteer elke zoekterm, ook als die niets oplevert.
- Denk aan enkelvoud en meervoud, samenstellingen, afkortingen en schrijffouten.
- Zoek ook in e-mails, bijlagen en chatberichten.
- Vraag betrokken medewerkers wat zij zelf hebben.

# Zo beoordeelt u

Persoonsgegevens lakt u (artikel 5.1, tweede lid, onder e). Bijzondere persoonsgegevens maakt u niet openbaar (artikel 5.1, eerste lid,
onder d). Bij persoonlijke beleidsopvattingen geldt artikel 5.2. Vraag bij twijfel de FG om advies over de AVG.

# Zo legt u verantwoording af

De bestuursrechter wil kunnen nagaan hoe u hebt gezocht. Voeg het zoekverslag daarom bij het dossier.
"),
    text(Format::Pdf, "2021-12-06 11:40", "Dorpsraad Noordeinde",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2021-000123 Windpark/Wob-verzoek Windpark De Noord.pdf",
        "Verzoek om documenten over Windpark De Noord", "
Aan het college van burgemeester en wethouders van Waterveen. Datum: 6 december 2021.

Op grond van de Wet openbaarheid van bestuur (Wob) vraagt de Dorpsraad Noordeinde alle documenten op over de keuze van de locatie van
Windpark De Noord in de periode van 2019 tot en met november 2021. Wij bedoelen in het bijzonder de e-mails tussen de gemeente en
Coöperatie Noorderwind, de verslagen van overleggen en de concept¬versies van de Nota van zienswijzen.

Wij vragen u ook om de documenten over subsidies die aan de coöperatie zijn verleend of toegezegd.
"),
    text(Format::Txt, "2022-05-24 15:55", "Renée Duinker",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2021-000123 Windpark/Zoekverslag.txt",
        "Zoekverslag Z-2021-000123", "
Doorzochte systemen: netwerkschijf afdeling Milieu, zaaksysteem, postbussen van N. Achterveld en J. van der Kreek. Niet doorzocht: de
back-ups, omdat daarin niets anders staat dan in de bron.

Periode: 1 januari 2019 tot en met 30 november 2021.

- windpark OF windturbine* OF windmolen*: 312 documenten
- noorderwind: 188 documenten
- ‘Lage Dĳk’: 141 documenten
- zienswijze* NABIJ nota: 57 documenten
- subsidie EN coöperatie: 9 documenten

Gevraagde personen: twee medewerkers, de wethouder en de bestuursadviseur. De wethouder had geen documenten op zijn telefoon.
"),
    text(Format::Docx, "2022-06-07 14:25", "Renée Duinker",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2021-000123 Windpark/Woo-besluit windpark.docx",
        "Besluit op uw verzoek over Windpark De Noord", "
Datum: 7 juni 2022. Zaaknummer: Z-2021-000123.

Geachte Dorpsraad,

Op 6 december 2021 vroeg u om documenten over Windpark De Noord. Omdat op 1 mei 2022 de Wet open overheid (Woo) in werking is
getreden, hebben wij uw verzoek volgens de Woo behandeld. Wij zijn te laat met ons besluit. Daarvoor bieden wij onze excuses aan.

# Besluit

Wij maken 96 documenten geheel en 41 documenten gedeeltelijk openbaar. Twaalf documenten weigeren wij, omdat zij concepten zijn met
persoonlijke beleidsopvattingen voor intern beraad (artikel 5.2 van de Woo). De eerste versie van de Nota van zienswijzen maken wij
wel openbaar: daarover bestaat al een openbare eindversie.

Documenten over subsidies aan de coöperatie hebben wij niet gevonden. Wij hebben daarvoor gezocht in het subsidieregister en in de
financiële administratie.
"),
    text(Format::Docx, "2022-04-11 09:00", "Mr. B. Lindeboom", "@Vertrouwelijk/Advies bezwaarschrift SUB-2022-019.docx",
        "Vertrouwelijk advies bezwaarschrift SUB-2022-019", "
De bezwaarcommissie adviseert het bezwaar van Gastouderbureau Veenhof ongegrond te verklaren. Dit advies is vertrouwelijk tot het
besluit op bezwaar is verzonden.
"),
    text(Format::Txt, "2022-04-11 09:05", "Mr. B. Lindeboom", "@Vertrouwelijk/Namen gehoorde ouders.txt",
        "Namen van gehoorde ouders", "
Ouder A, ouder B en ouder C. De echte namen zijn om privacyredenen alleen bij de secretaris bekend.
"),
    text(Format::Ods, "2022-11-14 10:00", "Functionaris gegevensbescherming",
        "Directie Juridische Zaken/Werkinstructies/Verwerkingsregister AVG.ods",
        "Verwerkingsregister AVG", "
# Register
Nummer;Verwerking;Doel;Grondslag;Bewaartermijn;Ontvangers
AVG-014;Hulp aan gedupeerde ouders;brede ondersteuning;taak van algemeen belang;2 jaar na afronding;geen
AVG-022;Woo-verzoeken;besluiten op verzoeken;wettelijke plicht;10 jaar;rechtbank
AVG-031;Cameratoezicht Raadhuisplein;openbare orde;taak van algemeen belang;28 dagen;politie
AVG-035;Meldingen geluid windpark;behandelen van klachten;taak van algemeen belang;5 jaar;omgevingsdienst
"),
];
