//! Texts of the shared folder and of the export of the case system: small, old and odd. Only words; every
//! organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::TxtUtf16, "2018-09-17 13:05", "Hugo Terpstede",
        "Gedeeld/Oud/Één café-overzicht, naïeve ramingen.txt",
        "Overzicht cafés en terrassen 2018 – naïeve ramingen", "
Dit overzicht is gemaakt voor de herziening van de terrassenverordening. De ramingen zijn ruw en niet getoetst.

- Café De Brug: twaalf tafels, terrasvergunning verleend op 4 juni 2018, Z-2018-000031.
- Eetcafé ’t Veen: acht tafels, aanvraag ingetrokken.
- Lunchroom Zoë & René: zes tafels, geen vergunning nodig.

De coördinator van de afdeling Vergunningen schat de opbrengst van de precariobelasting op € 6.300 per jaar.
"),
    text(Format::TxtWindows, "2018-04-12 10:30", "Facilitaire dienst",
        "Gedeeld/Huisregels vergaderkamers.txt",
        "Huisregels vergaderkamers", "
Vanaf 1 mei 2018 reserveert u een vergaderkamer via de agenda. Hebt u de kamer niet meer nodig? Zeg de reservering dan af, uiterlijk
één uur vóór het begin. De koffiecorner op de eerste etage is geopend van 8.30 tot 16.30 uur.

Vertrouwelijke stukken laat u niet achter op tafel. Papier met persoonsgegevens gooit u in de afgesloten container (AVG).
"),
    text(Format::Markdown, "2024-01-15 09:00", "Informatiebeheer",
        "Gedeeld/LEESMIJ indeling netwerkschijf.md",
        "Indeling van de netwerkschijf", "
Deze schijf is van alle afdelingen. Zaken horen in het zaaksysteem; de schijf is voor werkdocumenten.

# Mappen

- Afdeling Milieu: dossiers en inspectierapporten van de omgevingsdienst.
- Directie Inkoop, Directie Bedrijfsvoering en Directie Juridische Zaken: eigen dossiers.
- Sociaal Domein: alleen toegankelijk voor de afdeling Samenleving.
- Postbus: geëxporteerde e-mails van medewerkers die uit dienst zijn.
- Export DMS: maandelijkse export van het zaaksysteem.
- Overgenomen van Riedhaven: de schijf van het vroegere raadhuis, zoals hij was.

# Namen

Begin een bestandsnaam met de datum of het dossiernummer, bijvoorbeeld 2021-4567. Gebruik geen namen van burgers.
"),
    text(Format::Pptx, "2023-10-03 13:30", "Informatiebeheer",
        "Gedeeld/Cursus informatiehuishouding.pptx",
        "Cursus informatiehuishouding op orde", "
# Informatiehuishouding op orde
- Cursus voor nieuwe medewerkers, 3 oktober 2023
# Waarom bewaren wij documenten?
- Verantwoording: wie besloot wat, en wanneer?
- Openbaarheid: de Woo geldt ook voor e-mails en chatberichten
- De Archiefwet verplicht ons ertoe
# Wat bewaart u niet?
- Dubbele exemplaren en reclame
- Privéberichten
# Tips om terug te vinden
- Geef een document een titel die zegt waarover het gaat
- Schrijf afkortingen één keer voluit: Algemene verordening gegevensbescherming (AVG)
"),
    text(Format::Pdf, "2019-10-29 10:20", "Gemeente Waterveen", "@zaken/Z-2019-000874 Gevelvergunning.pdf",
        "Omgevingsvergunning gevel gemeentehuis", "
Zaaknummer: Z-2019-000874. Datum: 29 oktober 2019.

Het college verleent een omgevings¬vergunning voor het vernieuwen van de gevel van het gemeente¬huis, Raadhuisplein 1. De
welstands¬commissie heeft positief geadviseerd, omdat het ritme van de kozijnen behouden blijft. Tegen dit besluit kan binnen zes
weken bezwaar worden gemaakt.
"),
    text(Format::Raw, "2023-02-28 22:55", "Zaaksysteem", "@index.csv", "Index van de export", "
zaaknummer;omschrijving;begin;einde;vertrouwelijkheid
Z-2019-000874;Gevelvergunning gemeentehuis;2019-08-13;2019-10-29;openbaar
Z-2021-000123;Verzoek documenten Windpark De Noord;2021-12-06;2022-06-07;openbaar
"),
    text(Format::Docx, "2019-11-21 11:15", "Noor Achterveld", "@stukken/Memo keuze locatie windpark.docx",
        "Memo keuze locatie windpark", "
Aan: wethouder Hoogmoed. Datum: 21 november 2019.

Voor windenergie zijn drie locaties vergeleken: de Lage Dijk, de Polder Oost en het bedrijventerrein Kanaalweg. De Lage Dijk scoort het
best op windaanbod en afstand tot woonkernen. In Polder Oost ligt een ganzenrustgebied. Op het bedrijventerrein passen maar twee
turbines. Ik adviseer de locatie Lage Dijk verder te onderzoeken en de dorpsraad vroeg te betrekken.
"),
    text(Format::Xlsx, "2022-06-08 09:30", "Renée Duinker", "@stukken/Kostenoverzicht Woo-verzoek.xlsx",
        "Kostenoverzicht Z-2021-000123", "
# Uren
Medewerker;Werk;Uren
informatiespecialist;zoeken;14
jurist;beoordelen en lakken;46.5
afdeling Milieu;controleren;9
"),
];
