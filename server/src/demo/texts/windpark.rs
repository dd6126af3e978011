//! Texts of the story of Windpark De Noord: application, research, objections, permit and the request for
//! its papers. Only words; every organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::Pdf, "2021-01-18 09:30", "Coöperatie Noorderwind U.A.",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/01 Aanvraag/Aanvraag omgevingsvergunning Windpark De Noord.pdf",
        "Aanvraag omgevingsvergunning Windpark De Noord", "
Aan het college van burgemeester en wethouders van de gemeente Waterveen. Dossiernummer: 2021/4567.
Datum: 18 januari 2021.

Geacht college,

Hierbij vraagt Coöperatie Noorderwind U.A. een omgevings¬vergunning aan voor het bouwen en in gebruik hebben van
zes wind¬turbines langs de Lage Dijk. Het windpark krijgt een totaal vermogen van 25,2 megawatt. De tiphoogte is
ten hoogste 180 meter en de ashoogte 115 meter. De aanvraag gaat over de activiteiten bouwen, milieu en het
afwijken van het bestemmings¬plan Buitengebied 2014.

# Aanleiding

De gemeenteraad heeft in de Duurzaamheids¬agenda 2019 vastgelegd dat Waterveen in 2030 ten minste 60 procent van
de eigen elektriciteit opwekt. De provincie Veenland heeft het gebied ten noorden van de Lage Dijk aangewezen als
zoekgebied voor wind¬energie. De coöperatie telt 412 leden; ruim de helft woont binnen drie kilometer van het
plangebied. Omwonenden kunnen meedoen met certificaten van 250 euro en er komt een gebiedsfonds.

---
# Gevolgen voor de omgeving

De coöperatie heeft laten onderzoeken wat het windpark betekent voor geluid, slagschaduw, externe veiligheid,
natuur en landschap. De onderzoeks¬rapporten zijn als bijlage bij de aanvraag gevoegd. Uit het akoestisch
onderzoek volgt dat bij geen enkele woning de norm van 47 decibel Lden wordt overschreden. Voor slagschaduw krijgt
elke turbine een stilstand¬voorziening, zodat woningen ten hoogste zes uur per jaar slagschaduw hebben.

Voor vleermuizen wordt een stilstand¬regeling voorgesteld tussen 15 juli en 15 oktober, bij windsnelheden onder zes
meter per seconde. De stikstof¬depositie in de aanlegfase is berekend met AERIUS en is tijdelijk.

---
# Planning

| Stap | Wie | Wanneer
| Aanvraag | Noorderwind | 18 januari 2021
| Ontwerpbesluit | college | juni 2021
| Zienswijzen | iedereen | zes weken
| Besluit | college | november 2021
| Start bouw | Noorderwind | voorjaar 2023

Wij vragen u de aanvraag te behandelen met de uitgebreide voorbereidings¬procedure van afdeling 3.4 van de Algemene
wet bestuursrecht (Awb). Voor vragen kunt u contact opnemen met Tjeerd Molenwiek, projectleider.
"),
    text(Format::Docx, "2021-01-25 13:10", "Joris van der Kreek",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/01 Aanvraag/Ontvangstbevestiging aanvraag.docx",
        "Ontvangstbevestiging aanvraag Windpark De Noord", "
Verzonden op 25 januari 2021. Ons kenmerk: 2021/4567-02.

Geachte heer Molenwiek,

Op 18 januari 2021 ontvingen wij uw aanvraag voor een omgevingsvergunning voor Windpark De Noord. In deze brief leest
u hoe wij uw aanvraag behandelen.

# De uitgebreide procedure geldt

Uw aanvraag wijkt af van het bestemmingsplan. Daarom volgen wij de uitgebreide procedure. Het bestuursorgaan beslist in
beginsel binnen 26 weken. Die termijn kan één keer met zes weken worden verlengd.

# Wij hebben nog gegevens nodig

- Een situatietekening op schaal 1:5000 waarop alle turbines en kabels staan.
- De berekening van de slagschaduw per woning.
- Het bewijs dat de grondeigenaren instemmen met de plaatsing.

Stuurt u deze gegevens uiterlijk op 22 februari 2021. Tot die dag staat de beslistermijn stil. Krijgen wij de gegevens
niet of niet op tijd, dan kunnen wij besluiten de aanvraag buiten behandeling te laten (artikel 4:5 van de Awb).

Met vriendelijke groet, namens het college, Joris van der Kreek, vergunningverlener.
"),
    text(Format::Pdf, "2021-02-19 16:00", "Adviesbureau Stiltegebied",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Akoestisch onderzoek windturbines.pdf",
        "Akoestisch onderzoek windturbines De Noord", "
Rapport AS-2021-07, definitief, 19 februari 2021. In opdracht van Coöperatie Noorderwind.

# 1. Samenvatting

In dit onderzoek is de geluids¬belasting van zes wind¬turbines op de woningen in de omgeving berekend. De bereke¬ningen zijn
uitgevoerd volgens het Reken- en meet¬voorschrift wind¬turbines. De hoogste geluids¬belasting bij een woning van derden
bedraagt 44 decibel Lden en 38 decibel Lnight. Daarmee voldoet het windpark aan de geluids¬normen van het
Activiteiten¬besluit milieu¬beheer. Laag¬frequent geluid blijft onder de Deense richt¬waarde van 20 decibel.

# 2. Uitgangs¬punten

De wind¬turbines hebben een bron¬vermogen van ten hoogste 106,5 decibel. Bij zes woningen aan de Lage Dijk is het
achtergrond¬geluid gedurende drie weken gemeten. Het wegverkeer op de provinciale weg bepaalt overdag het
achtergrond¬niveau; 's nachts is het gebied stil. Ook de cumulatieve geluids¬belasting met de veehouderij aan de Hooiweg is
in beeld gebracht: de ventilatoren van de stallen zijn daar bepalend.

---
# 3. Resultaten

| Woning | Lden | Lnight
| Lage Dijk 2 | 44 | 38
| Lage Dijk 14 | 43 | 37
| Lage Dijk 31 | 41 | 35
| Hooiweg 5 | 39 | 33

# 4. Conclusie en aanbeveling

Het plan is akoestisch inpasbaar. Wij bevelen aan om na ingebruik¬name een controle¬meting te doen en de
meet¬resultaten openbaar te maken. Wanneer uit de controle¬meting een over¬schrijding blijkt, kan de turbine in een
geluid¬reducerende modus draaien. De opbrengst¬verliezen daarvan zijn beperkt tot ongeveer twee procent.
De onzekerheids¬marge van de bereke¬ningen bedraagt één decibel.
"),
    text(Format::Xlsx, "2021-02-20 10:15", "Adviesbureau Stiltegebied",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Slagschaduw berekening.xlsx",
        "Slagschaduw per woning", "
# Slagschaduw
Woning;Afstand (m);Uren per jaar zonder stilstand;Uren per jaar met stilstand;Opmerking
Lage Dijk 2;612;31.5;5.8;stilstandvoorziening turbine T1 en T2
Lage Dijk 14;655;27.25;5.9;stilstandvoorziening turbine T2
Lage Dijk 31;740;18;5.5;stilstandvoorziening turbine T4
Hooiweg 5;905;9.75;4.1;woning bij veehouderij
Veenkade 8;1210;2.5;2.5;geen maatregel nodig
# Turbines
Turbine;Ashoogte (m);Rotordiameter (m);Kadastraal perceel
T1;115;130;WTV00 K 1181
T2;115;130;WTV00 K 1184
T3;115;130;WTV00 K 1190
T4;115;130;WTV00 K 1191
T5;115;130;WTV00 K 1203
T6;115;130;WTV00 K 1207
"),
    text(Format::Odt, "2021-03-04 14:45", "Ecologisch Bureau De Rietvoorn",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Ecologische quickscan vleermuizen.odt",
        "Ecologische quickscan Windpark De Noord", "
Datum: 4 maart 2021. Opdrachtgever: Coöperatie Noorderwind U.A.

# Aanleiding

Voor de aanleg van zes windturbines is onderzocht of beschermde soorten in het plangebied voorkomen. Het plangebied bestaat
uit grasland en sloten. Het Natura 2000-gebied Veenplassen ligt op 3,4 kilometer.

# Vleermuizen

Tijdens vier veldbezoeken zijn de gewone dwergvleermuis, de ruige dwergvleermuis en de rosse vleermuis waargenomen. De bomenrij
langs de Lage Dijk is een vliegroute. Zonder maatregelen sterven naar schatting acht vleermuizen per turbine per jaar. Met een
stilstandregeling daalt dat aantal naar minder dan één.

# Vogels

In het gebied broeden de grutto en de kievit. Bouwen buiten het broedseizoen, dus niet tussen 15 maart en 15 juli, voorkomt
verstoring. Voor trekvogels is de sterfte kleiner dan één procent van de natuurlijke sterfte.

# Conclusie

Een ontheffing van de Wet natuurbescherming is nodig voor de vleermuizen. De provincie Veenland is daarvoor het bevoegd gezag.
Voor de stikstofdepositie verwijzen wij naar de AERIUS-berekening in dossier 2020/3310.
"),
    text(Format::Docx, "2021-06-24 11:30", "Joris van der Kreek",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/03 Besluit/Ontwerpbesluit vergunningverlening 2021-4567.docx",
        "Ontwerpbesluit vergunningverlening Windpark De Noord", "
ONTWERP. Dossiernummer 2021/4567. Datum: 24 juni 2021.

Het college van burgemeester en wethouders van Waterveen is van plan de gevraagde omgevingsvergunning te verlenen. Het
ontwerpbesluit ligt van donderdag 1 juli 2021 tot en met woensdag 11 augustus 2021 voor iedereen ter inzage.

# Overwegingen

De aanvraag past binnen de provinciale omgevingsverordening. De gemeenteraad heeft op 10 juni 2021 een ontwerpverklaring van
geen bedenkingen afgegeven. De ingediende onderzoeken zijn getoetst door de omgevingsdienst; die adviseert positief, mits de
voorschriften over geluid en slagschaduw in de vergunning worden opgenomen.

# Voorschriften

- De geluidsbelasting bij woningen van derden is niet hoger dan 45 decibel Lden.
- Elke windturbine heeft een automatische stilstandvoorziening tegen slagschaduw.
- De vergunninghouder meldt storingen binnen 24 uur aan het bestuursorgaan.
- Binnen zes maanden na de ingebruikname wordt een controlemeting uitgevoerd.

# Zienswijze indienen

Iedereen kan tot en met 11 augustus 2021 een zienswijze geven, schriftelijk of mondeling.
"),
    text(Format::Pdf, "2021-11-09 15:00", "Gemeente Waterveen",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/03 Besluit/Besluit vergunningverlening 2021-4567.pdf",
        "Besluit vergunningverlening Windpark De Noord", "
Dossiernummer 2021/4567. Verzonden op 9 november 2021.

Het college van burgemeester en wethouders van Waterveen, het bevoegde bestuurs¬orgaan, heeft op 18 januari 2021 een aanvraag
ontvangen van Coöperatie Noorderwind U.A. voor een omgevings¬vergunning voor zes wind¬turbines langs de Lage Dijk.

# Besluit

Wij verlenen de omgevings¬vergunning. De vergunning geldt voor de activiteiten bouwen, milieu en strijdig gebruik. De vergunning
wordt verleend voor 25 jaar; daarna moet de vergunning¬houder de turbines verwijderen.

# Zienswijzen

Op het ontwerp¬besluit zijn 43 zienswijzen ingediend, waarvan vijf na de termijn. De Nota van zienswijzen, versie 2, hoort bij dit
besluit. Naar aanleiding van de zienswijzen is de geluidsnorm verlaagd van 45 naar 43 decibel Lden en wordt de omgevings¬commissie
betrokken bij de monitoring.

---
# Motivering

De vergunning¬verlening draagt bij aan de opwekking van duurzame energie. De belangen van omwonenden zijn meegewogen: gezondheid,
woongenot en de waarde van de woningen. Het bestuurs¬orgaan volgt het advies van de omgevings¬dienst. De raad heeft op 28 oktober
2021 een verklaring van geen bedenkingen afgegeven.

De uitspraak van de Afdeling bestuurs¬rechtspraak over windturbine¬normen is in dit besluit verwerkt: de normen zijn niet overgenomen
uit het Activiteiten¬besluit, maar door ons zelf gemotiveerd voor deze plek.

# Beroep

Bent u het niet eens met dit besluit? Belanghebbenden kunnen binnen zes weken beroep instellen bij de rechtbank. Het besluit treedt
in werking op 22 december 2021.
"),
    text(Format::Docx, "2021-09-02 10:00", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/04 Zienswijzen/Nota van zienswijzen v1.docx",
        "Nota van zienswijzen Windpark De Noord", ZIENSWIJZEN_1),
    text(Format::Docx, "2021-10-14 17:20", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/04 Zienswijzen/Nota van zienswijzen v2.docx",
        "Nota van zienswijzen Windpark De Noord", ZIENSWIJZEN_2),
    text(Format::Raw, "2021-08-16 09:05", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/04 Zienswijzen/Overzicht zienswijzen.csv",
        "Overzicht zienswijzen", "
Nummer;Ontvangen;Indiener;Onderwerp;Samenvatting;Gevolg
1;05-07-2021;bewoner Lage Dijk;geluid;Vreest slaapverstoring door laagfrequent geluid;norm verlaagd
2;07-07-2021;bewoner Lage Dijk;slagschaduw;Vraagt stilstand bij de eerste schaduw;geen wijziging
7;14-07-2021;Dorpsraad Noordeinde;procedure;Inwoners voelden zich laat betrokken;omgevingscommissie
12;21-07-2021;veehouderij Hooiweg;veiligheid;IJsafwerping op stalvloer en weiland;voorschrift toegevoegd
18;29-07-2021;Vogelwacht Veenland;natuur;Grutto's broeden binnen 200 meter van T5;bouwperiode aangepast
29;09-08-2021;bewoners Veenkade;waarde woning;Daling van de WOZ-waarde;planschade is aparte procedure
43;18-08-2021;bewoner Dorpsstraat;horizon;Te laat ontvangen, toch gelezen;geen wijziging
"),
    text(Format::Scan, "2021-08-03 08:50", "Bewoners Lage Dijk",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/04 Zienswijzen/Zienswijze bewoners Lage Dijk (scan).pdf",
        "Zienswijze Lage Dijk", "
Aan: gemeente Waterveen. Dossier 2021/4567. Datum: 2 augustus 2021.

Wij wonen aan de Lage Dijk en maken bezwaar tegen de windturbines. De turbines staan te dicht bij onze woningen.

Wij vragen u de vergunning te weigeren of de afstand te vergroten tot 1000 meter.

Ingekomen 3 augustus 2021.
"),
    text(Format::Odt, "2021-05-19 12:00", "Zoë Brandsma",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/05 Overleg/Verslag informatieavond 12 mei 2021.odt",
        "Verslag informatieavond Windpark De Noord, 12 mei 2021", "
Aanwezig: ongeveer 85 inwoners via een videoverbinding, wethouder André Hoogmoed, Joris van der Kreek en Noor Achterveld
(afdeling Milieu), Tjeerd Molenwiek (Coöperatie Noorderwind). Verslag: Zoë Brandsma.

# Opening

De wethouder heet iedereen welkom. Door de coronamaatregelen is de bijeenkomst digitaal. Hij legt uit dat het college nog geen
besluit heeft genomen.

# Vragen van inwoners

- Een bewoonster van de Lage Dijk vraagt waarom de turbines niet verder van de woningen kunnen staan. De heer Molenwiek
antwoordt dat de hoogspanningsleiding en de vliegroute van vleermuizen de ruimte beperken.
- Meerdere inwoners vragen naar laagfrequent geluid. De onderzoekers hebben dat berekend; het rapport staat op de website.
- De Dorpsraad Noordeinde vindt dat omwonenden te laat zijn betrokken. De wethouder erkent dat dit beter had gekund.
- Een veehouder vraagt of hij zijn stikstofruimte houdt. Dat verandert niet door dit project.

# Afspraken

De vragen en antwoorden komen binnen twee weken online. Er komt een omgevingscommissie waarin omwonenden meepraten over de
monitoring van geluid. De presentatie wordt meegestuurd met dit verslag.
"),
    text(Format::Pptx, "2021-05-12 18:30", "Zoë Brandsma",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/05 Overleg/Presentatie informatieavond.pptx",
        "Presentatie informatieavond Windpark De Noord", "
# Windpark De Noord
- Informatieavond voor omwonenden, 12 mei 2021
- Gemeente Waterveen en Coöperatie Noorderwind
# Het plan in het kort
- Zes windturbines langs de Lage Dijk, tiphoogte 180 meter
- Stroom voor ongeveer 21.000 huishoudens
- Gebiedsfonds van 0,50 euro per megawattuur
# Geluid en slagschaduw
- Norm voor geluid bij woningen: 47 decibel Lden, wij stellen 45 voor
- Slagschaduw: ten hoogste zes uur per jaar
# Hoe gaat het verder?
- Juni 2021: ontwerpbesluit vergunningverlening
- Juli en augustus 2021: zienswijzen indienen
- November 2021: besluit van het bestuursorgaan
"),
    text(Format::Docx, "2021-09-08 16:10", "Noor Achterveld",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/05 Overleg/Verslag overleg omwonenden.docx",
        "Verslag overleg omgevingscommissie, 7 september 2021", "
Aanwezig: vier omwonenden, de Dorpsraad Noordeinde, Coöperatie Noorderwind en de gemeente.

De omgevingscommissie komt voor het eerst bij elkaar. Noor Achterveld licht toe dat de commissie adviseert over de monitoring
van geluid, slagschaduw en natuur. De commissie besluit niet; dat doet het bestuursorgaan.

Omwonenden stellen voor om ook het gebiedsfonds te bespreken. Een kwart van het fonds zou naar woningisolatie moeten gaan.
De coöperatie wil dat onderzoeken. De omwonenden wijzen erop dat klachten over geluid nu op drie plaatsen kunnen worden gemeld.

| Actie | Wie | Klaar
| Eén meldpunt voor klachten | gemeente | 1 oktober 2021
| Voorstel gebiedsfonds | Noorderwind | 1 november 2021
| Meetpunten op kaart zetten | omgevingsdienst | 15 november 2021
"),
    text(Format::Raw, "2021-07-01 08:00", "Afdeling Geo-informatie",
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Kaartlaag turbines.json",
        "Kaartlaag turbines", r#"
{
  "naam": "Windpark De Noord",
  "dossier": "2021/4567",
  "peildatum": "2021-07-01",
  "turbines": [
    {"id": "T1", "x": 121480, "y": 488310, "tiphoogte": 180, "perceel": "WTV00 K 1181"},
    {"id": "T2", "x": 121815, "y": 488395, "tiphoogte": 180, "perceel": "WTV00 K 1184"},
    {"id": "T3", "x": 122150, "y": 488470, "tiphoogte": 180, "perceel": "WTV00 K 1190"}
  ],
  "opmerking": "De turbines T4, T5 en T6 volgen na de inmeting van de kabels langs de Lage Dijk."
}
"#),
];

const ZIENSWIJZEN_1: &str = "
Versie 1, concept voor intern gebruik, 2 september 2021. Dossier 2021/4567.

Het ontwerpbesluit heeft van 1 juli tot en met 11 augustus 2021 ter inzage gelegen. Er zijn 38 zienswijzen op tijd ingediend en
vijf zienswijzen te laat. In deze nota vatten wij de zienswijzen samen en geven wij een reactie.

# Geluid

Indieners vrezen slaapverstoring en wijzen op laagfrequent geluid. Reactie: het akoestisch onderzoek laat zien dat aan de norm van
45 decibel Lden wordt voldaan. Wij zien geen aanleiding om de norm te verlagen.

# Participatie

De Dorpsraad Noordeinde vindt dat inwoners laat zijn betrokken. Reactie: de participatie voldeed aan de wet.

# Natuur

De Vogelwacht Veenland wijst op broedende grutto's bij turbine T5. Reactie: de bouwperiode wordt aangepast.

# Conclusie

De zienswijzen leiden tot één wijziging van het ontwerpbesluit.
";

const ZIENSWIJZEN_2: &str = "
Versie 2, vastgesteld door het college op 14 oktober 2021. Dossier 2021/4567.

Het ontwerpbesluit heeft van 1 juli tot en met 11 augustus 2021 ter inzage gelegen. Er zijn 38 zienswijzen op tijd ingediend en
vijf zienswijzen te laat. In deze nota vatten wij de zienswijzen samen en geven wij een reactie.

# Geluid

Indieners vrezen slaapverstoring en wijzen op laagfrequent geluid. Reactie: het akoestisch onderzoek laat zien dat aan de norm van
43 decibel Lden kan worden voldaan. Wij verlagen daarom de norm van 45 naar 43 decibel Lden.

# Participatie

De Dorpsraad Noordeinde vindt dat inwoners laat zijn betrokken. Reactie: de participatie voldeed aan de wet, maar had eerder
moeten beginnen. Wij stellen een omgevingscommissie in.

# Natuur

De Vogelwacht Veenland wijst op broedende grutto's bij turbine T5. Reactie: de bouwperiode wordt aangepast.

# Conclusie

De zienswijzen leiden tot drie wijzigingen van het ontwerpbesluit.
";
