//! Texts of the story of the renovation of the town hall: plan, budget, tender and building meetings. Only
//! words; every organisation and person is invented.

use super::super::{Format, Text, text};

/// The texts.
pub const TEXTS: &[Text] = &[
    text(Format::Docx, "2018-11-20 10:00", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Programma van eisen.docx",
        "Programma van eisen renovatie gemeentehuis", "
Versie 1.2, 20 november 2018. Projectleider: Hugo Terpstede.

# 1. Doel van de renovatie

Het gemeentehuis uit 1974 is verouderd. Het dak lekt, de installaties verbruiken veel energie en de publiekshal is slecht
toegankelijk voor mensen met een beperking. Na de renovatie heeft het gebouw energielabel A en plaats voor 260 werkplekken.

# 2. Functionele eisen

- De publiekshal heeft acht balies, waarvan twee op rolstoelhoogte.
- De raadzaal is geschikt voor 31 raadsleden en 80 bezoekers, met een ringleiding voor slechthorenden.
- Elke vergaderkamer heeft een scherm en goede ventilatie.
- Het archief in de kelder blijft droog en voldoet aan de Archiefregeling.

# 3. Technische eisen

- De gevels worden geïsoleerd zonder het aanzicht aan het Raadhuisplein te veranderen.
- Verwarmen gebeurt met een warmtepomp; het gebouw gaat van het aardgas af.
- Op het dak komen 340 zonnepanelen.
- Asbest wordt vooraf verwijderd door een gecertificeerd bedrijf.

# 4. Randvoorwaarden

De dienstverlening gaat tijdens de verbouwing door in de tijdelijke huisvesting aan de Kanaalweg. De renovatie duurt hoogstens
achttien maanden. Het budget is 14,8 miljoen euro, inclusief een post onvoorzien van zes procent.
"),
    text(Format::Ods, "2019-01-28 12:30", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Begroting renovatie.ods",
        "Begroting renovatie gemeentehuis", "
# Begroting
Post;Raming (euro);Bijgesteld (euro);Toelichting
Asbestverwijdering;420000;655000;meer asbest in de kruipruimte gevonden
Bouwkundig werk;6150000;6480000;prijsstijging staal en hout
Installaties;4200000;4310000;warmtepomp en ventilatie
Tijdelijke huisvesting;980000;1120000;vier maanden langer huur
Inrichting;1350000;1350000;
Advies en toezicht;860000;905000;
Onvoorzien;840000;310000;deels ingezet
# Dekking
Bron;Bedrag (euro)
Reserve huisvesting;9500000
Krediet raadsbesluit 2019-014;5300000
Subsidie verduurzaming;330000
"),
    text(Format::Pdf, "2019-02-07 19:30", "College van B en W",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Raadsvoorstel 2019-014 krediet renovatie.pdf",
        "Raadsvoorstel krediet renovatie gemeentehuis", "
Raadsvoorstel 2019-014, vergadering van 7 februari 2019. Portefeuille¬houder: wethouder André Hoogmoed.

# Voorgesteld besluit

De gemeenteraad stelt een krediet van 5,3 miljoen euro beschikbaar voor de renovatie van het gemeente¬huis en dekt de kapitaal¬lasten
uit de reserve huisvesting.

# Argumenten

- Uitstel is duurder: het achterstallig onderhoud kost jaarlijks ongeveer 290.000 euro.
- De toegankelijk¬heids¬eisen uit het VN-verdrag handicap gelden nu al.
- Het gemeente¬huis is met label G het slechtste gebouw van de gemeente.

# Kanttekeningen

De aanbestedings¬markt is overspannen. Er kan een tegenvaller ontstaan van tien tot vijftien procent. Het asbest¬onderzoek is nog niet
volledig: de kruip¬ruimte kon niet worden betreden.

---
# Alternatieven

Nieuwbouw aan de Kanaalweg kost 22 miljoen euro en duurt vier jaar. Alleen het dak en de installaties vervangen kost 6,9 miljoen
euro, maar lost de toegankelijkheid niet op.

# Communicatie

Inwoners worden geïnformeerd via de huis-aan-huiskrant en de website. De balies blijven open op een tijdelijke plek.
"),
    text(Format::Pdf, "2019-05-16 09:00", "Saneringsadvies Laagland",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Asbestinventarisatie.pdf",
        "Asbestinventarisatie gemeentehuis Waterveen", "
Rapport SL-19-220, 16 mei 2019. Adres: Raadhuisplein 1.

# Samenvatting

In het gebouw zijn 23 asbest¬houdende toepassingen gevonden. Negen daarvan vallen in risico¬klasse 2. In de kruip¬ruimte ligt over een
oppervlakte van 640 vierkante meter los asbest¬houdend materiaal. De kruip¬ruimte mag niet zonder adembescherming worden betreden.

# Advies

De toepassingen in klasse 2 moeten voor het begin van de renovatie worden verwijderd. Wij ramen de sanerings¬kosten op 655.000 euro
en de duur op elf weken. De lucht¬metingen in de kantoren waren schoon: medewerkers hebben geen gevaar gelopen.
"),
    text(Format::Xlsx, "2019-09-02 08:45", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Planning renovatie.xlsx",
        "Planning renovatie gemeentehuis", "
# Planning
Fase;Begin;Einde;Weken;Verantwoordelijk
Verhuizing naar Kanaalweg;2019-09-16;2019-10-11;4;facilitaire dienst
Asbestsanering;2019-10-14;2019-12-27;11;saneerder
Sloop binnenwerk;2020-01-06;2020-02-28;8;aannemer
Gevels en dak;2020-03-02;2020-08-28;26;aannemer
Installaties;2020-06-01;2020-12-18;29;installateur
Inrichting;2021-01-04;2021-03-12;10;facilitaire dienst
Oplevering;2021-03-26;2021-03-26;0;projectleider
"),
    text(Format::Odt, "2019-11-07 15:15", "Secretariaat Bedrijfsvoering",
        "@Bouwverslagen/Bouwvergadering 03.odt",
        "Verslag bouwvergadering 3, 6 november 2019", "
De sanering ligt een week achter, omdat in de schacht bij de lift extra asbest is gevonden. De saneerder dient een bestek voor
meerwerk in van 38.500 euro. De projectleider vraagt om een onderbouwing met foto's.

De omgevingsvergunning voor de gevel is verleend op 29 oktober 2019 (zaak Z-2019-000874). De aannemer levert de kleurmonsters van
de kozijnen aan. Omwonenden van het Raadhuisplein krijgen een brief over de geluidsoverlast.
"),
    text(Format::Odt, "2020-04-16 15:20", "Secretariaat Bedrijfsvoering",
        "@Bouwverslagen/Bouwvergadering 11.odt",
        "Verslag bouwvergadering 11, 15 april 2020", "
De bouw gaat door met de coronamaatregelen: bouwvakkers werken in twee ploegen en dragen binnen mondkapjes wanneer anderhalve meter
afstand niet lukt. De levering van kozijnen uit het buitenland is drie weken vertraagd.

De aannemer meldt dat de staalprijs met twaalf procent is gestegen en beroept zich op onvoorziene omstandigheden. De jurist van de
gemeente zoekt uit of de overeenkomst dat toelaat.
"),
    text(Format::Docx, "2020-12-17 16:00", "Secretariaat Bedrijfsvoering",
        "@Bouwverslagen/Bouwvergadering 19.docx",
        "Verslag bouwvergadering 19, 16 december 2020", "
De installaties zijn getest. De warmtepomp haalt het gevraagde rendement; de ventilatie op de tweede verdieping maakt te veel geluid.
De installateur stelt de kanalen bij in januari 2021.

De toegankelijkheid is gecontroleerd met ervaringsdeskundigen. De drempel bij de personeelsingang moet lager en de knoppen in de lift
krijgen braille. De oplevering blijft gepland op 26 maart 2021.
"),
    text(Format::Rtf, "2021-03-26 17:00", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Proces-verbaal van oplevering.rtf",
        "Proces-verbaal van oplevering gemeentehuis", "
Op 26 maart 2021 is het gerenoveerde gemeentehuis aan het Raadhuisplein opgeleverd. Aanwezig waren de aannemer, de installateur, de
directievoerder en de projectleider.

# Restpunten

- Beschadigde tegel in de publiekshal vervangen vóór 9 april 2021.
- Kozijn 2.14 naschilderen.
- Ringleiding in de raadzaal opnieuw inregelen; nu is er een bromtoon.
- Tekeningen van de installaties digitaal aanleveren.

De termijn voor onderhoud is zes maanden. De aannemer ontvangt de laatste betaling van € 324.000 na herstel van de restpunten.
"),
    text(Format::Rtf, "2021-04-12 09:15", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Brief aan omwonenden einde werkzaamheden.rtf",
        "Brief aan omwonenden over het einde van de werkzaamheden", "
Geachte bewoner,

De renovatie van het gemeentehuis aan het Raadhuisplein is klaar. Het bouwterrein is opgeruimd en de hoogwerker is weg. De laatste
coördinatie met de aannemer gaat over beëindiging van de tijdelijke parkeerplaatsen.

Heeft u schade aan uw woning door het heien? Meld dat vóór 1 juni 2021. Voor het herstel van voegen geldt een vergoeding van ten
hoogste € 850 per woning.
"),
    text(Format::Pptx, "2021-06-03 20:00", "Hugo Terpstede",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Presentatie evaluatie renovatie.pptx",
        "Evaluatie renovatie gemeentehuis", "
# Evaluatie renovatie gemeentehuis
- Commissie Bedrijfsvoering, 3 juni 2021
# Geld
- Begroot: 14,8 miljoen euro, uitgegeven: 15,13 miljoen euro
- Grootste tegenvaller: asbestverwijdering in de kruipruimte
# Tijd
- Opgeleverd op 26 maart 2021, zoals gepland
- De sanering liep drie weken uit; de sloop is versneld
# Geleerd
- Onderzoek de kruipruimte voordat de raad een krediet geeft
- Leg afspraken met de aannemer dezelfde dag vast
"),
    text(Format::Html, "2021-04-12 07:30", "Zoë Brandsma",
        "Directie Bedrijfsvoering/Renovatie gemeentehuis/Nieuwsbericht heropening gemeentehuis.html",
        "Gemeentehuis weer open na renovatie", "
Vanaf maandag 12 april 2021 kunt u weer terecht in het vernieuwde gemeente¬huis aan het Raadhuis¬plein. U kunt er een paspoort
aanvragen, een verhuizing doorgeven of met een mede¬werker praten over zorg en onder¬steuning.

# Beter toegankelijk

De publieks¬hal heeft nu brede automatische deuren, een lift met spraak en balies waar u met een rolstoel aan kunt zitten. De
toegankelijk¬heids¬voorzieningen zijn getest door inwoners met een beperking.

# Minder energie

Het gebouw is van het aardgas af. De zonne¬panelen en de warmte¬pomp besparen per jaar zoveel energie als 90 huishoudens verbruiken.

- Openings¬tijden: maandag tot en met vrijdag van 9.00 tot 17.00 uur
- Op dinsdag ook tot 20.00 uur
- Maak vooraf een afspraak
"),
];
