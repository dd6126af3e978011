//! Texts of the story of nitrogen and livestock farms: policy, inspections and questions of the council. Only
//! words; every organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::Docx, "2020-02-13 11:20", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Nota stikstofruimte en vergunningverlening.docx",
        "Nota stikstofruimte en vergunningverlening", "
Aan: college van burgemeester en wethouders. Van: afdeling Milieu. Datum: 13 februari 2020. Dossier: 2020/3310.

# Aanleiding

Sinds de uitspraak over het Programma Aanpak Stikstof ligt de vergunningverlening aan veehouderijen stil. Bij onze gemeente liggen
elf aanvragen van veehouders die hun stal willen vernieuwen of uitbreiden. Ook woningbouw en wegen hebben stikstofruimte nodig.

# Wat is er aan de hand?

Het Natura 2000-gebied Veenplassen is gevoelig voor ammoniak. De kritische depositiewaarde wordt met ruim 400 mol per hectare per
jaar overschreden. Van de depositie komt 46 procent van veehouderijen binnen tien kilometer.

# Mogelijkheden

- Intern salderen: een veehouder vermindert de uitstoot op zijn eigen bedrijf. Een natuurvergunning is dan soms niet nodig.
- Extern salderen: een veehouder neemt stikstofrechten over van een bedrijf dat stopt; 30 procent wordt afgeroomd.
- Een emissiearm stalsysteem. De werking daarvan staat ter discussie.
- Vrijwillige beëindiging met subsidie van de provincie.

# Voorstel

Wij stellen voor de elf aanvragen aan te houden tot de provincie Veenland haar beleidsregel heeft vastgesteld, en veehouders
daarover persoonlijk te informeren. Het bestuursorgaan vraagt de aanvragers om een AERIUS-berekening van de feitelijke situatie.
"),
    text(Format::Odt, "2020-06-18 15:30", "André Hoogmoed",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Brief aan provincie over intern salderen.odt",
        "Brief aan gedeputeerde staten over intern salderen", "
Aan: gedeputeerde staten van Veenland. Datum: 18 juni 2020. Ons kenmerk: 2020/3310-08.

Geacht college,

Met deze brief vragen wij uw aandacht voor de veehouders in onze gemeente. Elf veehouderijen wachten al meer dan een jaar op een
besluit. Uw beleidsregel over intern en extern salderen is uitgesteld, terwijl banken en leveranciers zekerheid vragen.

Wij verzoeken u:

- de beleidsregel uiterlijk op 1 oktober 2020 vast te stellen;
- te bevestigen dat latente ruimte in bestaande vergunningen niet zonder overgangstermijn vervalt;
- de gemeente te betrekken bij de gebiedsprocessen rond de Veenplassen.

Wij begrijpen dat de natuur herstel nodig heeft. De veehouders zijn bereid daaraan bij te dragen wanneer zij weten waar zij aan toe
zijn. Wethouder Hoogmoed licht deze brief graag mondeling toe.

Hoogachtend, burgemeester en wethouders van Waterveen
"),
    text(Format::Raw, "2020-05-07 09:40", "Omgevingsdienst Veenland",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/AERIUS-berekeningen veehouderijen.csv",
        "AERIUS-berekeningen", "
Dossier;Bedrijf;Diersoort;Aantal dieren;NH3 vergund (kg/jaar);NH3 feitelijk (kg/jaar);Depositie (mol/ha/jaar)
2020/3310-01;Hoeve Zonneveld;melkkoeien;210;2730;2510;1,84
2020/3310-02;Maatschap De Kwakel;vleesvarkens;2400;3600;3350;2,11
2020/3310-03;Pluimveehouderij Wiekslag;legkippen;38000;2660;2660;0,97
2020/3310-04;Geitenhouderij De Bonte Hoek;melkgeiten;900;1710;1190;0,66
2020/3310-05;Hooiweg 5;melkkoeien;95;1235;1100;1,02
"),
    text(Format::TxtWindows, "2021-01-14 20:05", "Fractie Dorpsbelang",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Raadsvragen stikstof.txt",
        "Schriftelijke vragen over stikstof en veehouderij", "
Vragen van de fractie Dorpsbelang, ingekomen op 14 januari 2021 (artikel 40 van het reglement van orde).

1. Klopt het dat elf veehouders nog steeds geen besluit op hun aanvraag hebben? Hoeveel dwangsommen zijn er inmiddels verbeurd?

2. Waarom heeft het college wél meegewerkt aan windturbines langs de Lage Dijk, terwijl ook dáár stikstof vrijkomt bij de aanleg?

3. Is het college bereid € 50.000 beschikbaar te stellen voor keukentafelgesprekken met veehouders?

4. Wanneer verwacht het college de beleidsregel van de provincie? Wij ontvangen graag antwoord vóór de raadsvergadering van
11 februari 2021.
"),
    text(Format::Pdf, "2021-02-09 16:45", "College van B en W",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Raadsinformatiebrief stikstof.pdf",
        "Raadsinformatiebrief stikstof en veehouderij", "
Aan de gemeenteraad van Waterveen. Datum: 9 februari 2021. Zaaknummer: Z-2021-000019.

Geachte raad,

Op 14 januari 2021 stelde de fractie Dorpsbelang vragen over stikstof en veehouderij. Met deze brief beantwoorden wij die.

# Stand van zaken

Van de elf aanvragen zijn er inmiddels vier afgehandeld: drie veehouders hebben een vergunning gekregen na intern salderen en één
aanvraag is ingetrokken. De overige zeven liggen bij de provincie voor een natuur¬vergunning. In één zaak is een dwangsom van 1.442
euro verbeurd wegens niet tijdig beslissen.

# Vergelijking met het windpark

De stikstof¬uitstoot van de aanleg van het windpark is tijdelijk en duurt twaalf maanden. Een veehouderij stoot blijvend ammoniak
uit. Daarom worden de aanvragen anders beoordeeld. Beide berekeningen zijn openbaar.

# Keukentafel¬gesprekken

Wij stellen 35.000 euro beschikbaar voor gesprekken met veehouders over hun toekomst. Een onafhankelijke gebieds¬coördinator voert
die gesprekken en rapporteert zonder namen.

Hoogachtend, het college van burgemeester en wethouders
"),
    text(Format::Markdown, "2022-04-21 17:00", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Notulen gebiedsoverleg 20 april 2022.md",
        "Notulen gebiedsoverleg Veenplassen, 20 april 2022", "
Aanwezig: veehouders (7), provincie Veenland, waterschap De Laagte, Vogelwacht Veenland, gemeente Waterveen.

# Ingekomen stukken

De voorzitter meldt de ontvangst van de brief van het ministerie over het uitkopen van piekbelasters.

# Bespreking

- De veehouders vinden de termijn van de uitkoopregeling te kort. Zij willen eerst weten wat er met hun grond gebeurt.
- Het waterschap wil het waterpeil in de veengebieden met twintig centimeter verhogen. Dat raakt vier veehouderijen.
- De Vogelwacht vraagt om weidevogelbeheer als verdienmodel.
- De provincie erkent dat de communicatie over subsidies beter moet.

# Besluitenlijst

| Besluit | Trekker
| Kaart met peilvakken delen | waterschap
| Overzicht van subsidies voor veehouders | provincie
| Volgend overleg op 15 juni 2022 | gemeente
"),
    text(Format::Odp, "2022-06-15 13:00", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Presentatie gebiedsproces.odp",
        "Presentatie gebiedsproces Veenplassen", "
# Gebiedsproces Veenplassen
- Overleg met veehouders en natuurorganisaties, 15 juni 2022
# Waar staan we?
- Zeven van de elf aanvragen zijn afgerond
- De stikstofdepositie daalde met 9 procent sinds 2019
- Twee veehouders stoppen vrijwillig
# Wat vragen veehouders?
- Duidelijkheid over de natuurvergunning
- Een redelijke subsidie voor emissiearme stallen
- Tijd om over te stappen op extensieve veeteelt
# Vervolg
- Gebiedsplan gereed in december 2022, besluit van provinciale staten in 2023
"),
    text(Format::Docx, "2022-03-14 16:30", "Omgevingsdienst Veenland",
        "Afdeling Milieu/Toezicht/Inspectierapporten/2022-03-14 Inspectierapport Hoeve Zonneveld.docx",
        "Inspectierapport Hoeve Zonneveld, 14 maart 2022", "
Inspectienummer: INS-2022-0087. Inspecteur: Wouter Hazelaar. Aangekondigd: nee.

# Bevindingen

Bij de controle waren 226 melkkoeien aanwezig. De vergunning staat 210 melkkoeien toe. De luchtwasser van stal 2 stond uit; het
logboek was sinds 3 februari 2022 niet bijgehouden. De mestopslag heeft een scheur van 40 centimeter. Mest is niet in de sloot
aangetroffen.

# Overtredingen

| Voorschrift | Overtreding | Ernst
| 2.1 | zestien dieren te veel | matig
| 4.3 | luchtwasser buiten werking | ernstig
| 4.5 | logboek onvolledig | licht

# Maatregelen

De veehouder krijgt een waarschuwing voor voorschrift 4.5. Voor de voorschriften 2.1 en 4.3 stellen wij een last onder dwangsom
voor van 500 euro per dag, tot ten hoogste 15.000 euro. De hercontrole vindt plaats binnen zes weken.
"),
    text(Format::Pdf, "2022-05-03 10:50", "Omgevingsdienst Veenland",
        "Afdeling Milieu/Toezicht/Inspectierapporten/2022-05-03 Hercontrole Hoeve Zonneveld.pdf",
        "Hercontrole Hoeve Zonneveld, 3 mei 2022", "
Inspectienummer: INS-2022-0141. Inspecteur: Wouter Hazelaar. Vervolg op: INS-2022-0087.

# Bevindingen

Op 3 mei 2022 is de veehouderij opnieuw gecontroleerd. Er waren 208 melkkoeien aanwezig. De lucht¬wasser van stal 2 werkte; de
zuurgraad van het waswater was 3,9. Het logboek is volledig bijgehouden vanaf 16 maart 2022. De scheur in de mest¬opslag is
gerepareerd.

# Conclusie

De overtredingen zijn beëindigd. Er is geen dwangsom verbeurd. De veehouder wordt opgenomen in de gewone toezichts¬cyclus van één
controle in de twee jaar.
"),
    text(Format::Odt, "2023-09-19 14:00", "Omgevingsdienst Veenland",
        "Afdeling Milieu/Toezicht/Inspectierapporten/2023-09-19 Inspectierapport De Bonte Hoek.odt",
        "Inspectierapport Geitenhouderij De Bonte Hoek, 19 september 2023", "
Inspectienummer: INS-2023-0302. Inspecteur: Fatma Korkut. Aangekondigd: ja.

# Aanleiding

Omwonenden hebben in augustus 2023 viermaal geklaagd over geur en vliegen.

# Bevindingen

Er zijn 874 melkgeiten; vergund zijn er 900. De potstal is vier weken niet uitgemest, omdat de loonwerker ziek was. De
opslag van kuilvoer was niet afgedekt. Ratten of andere plaagdieren zijn niet gezien. De administratie van de vaccinaties
tegen Q-koorts is in orde.

# Conclusie

De geurklachten zijn aannemelijk. De houder dekt het kuilvoer binnen een week af en mest de stal voortaan elke twee weken uit.
Er is geen overtreding van de vergunning vastgesteld. De klagers worden geïnformeerd.
"),
    text(Format::Ods, "2023-12-11 11:11", "Omgevingsdienst Veenland",
        "Afdeling Milieu/Toezicht/Toezichtsronde veehouderijen 2023.ods",
        "Toezichtsronde veehouderijen 2023", "
# Controles
Inspectie;Bedrijf;Datum;Dieren;Overtredingen;Uitkomst
INS-2023-0117;Maatschap De Kwakel;2023-04-12;2380;0;akkoord
INS-2023-0198;Pluimveehouderij Wiekslag;2023-06-07;37900;1;waarschuwing
INS-2023-0302;Geitenhouderij De Bonte Hoek;2023-09-19;874;0;afspraak over geur
INS-2023-0344;Hooiweg 5;2023-10-25;97;1;last onder dwangsom
# Samenvatting
Jaar;Controles;Overtredingen;Dwangsommen (euro)
2021;18;6;0
2022;22;9;0
2023;25;7;2500
"),
    text(Format::Raw, "2023-02-01 10:00", "Informatiebeheer",
        "Afdeling Milieu/Dossiers/2020 Stikstof en veehouderij/Dossier 2020-3310 metagegevens.xml",
        "Metagegevens dossier 2020/3310", r#"
<?xml version="1.0" encoding="UTF-8"?>
<dossier kenmerk="2020/3310">
  <naam>Stikstof en veehouderij</naam>
  <archiefvormer>Gemeente Waterveen, afdeling Milieu</archiefvormer>
  <periode van="2020-02-13" tot="2023-02-01"/>
  <openbaarheid>openbaar, behalve persoonsgegevens (AVG)</openbaarheid>
  <bewaartermijn>20 jaar na het vervallen van de vergunning</bewaartermijn>
  <trefwoorden>
    <trefwoord>stikstofdepositie</trefwoord>
    <trefwoord>veehouderijen</trefwoord>
    <trefwoord>natuurvergunning</trefwoord>
  </trefwoorden>
</dossier>
"#),
];
