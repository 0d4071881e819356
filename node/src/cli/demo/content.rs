//! What the organisations of the demonstration offer: invented work at real places, in three languages.

use serde_json::json;

use super::super::control::Request;
use crate::clock;

/// One of the three organisations.
pub(super) struct Cast {
    /// Its name, as its node is called.
    pub(super) name: &'static str,
    /// Where it is at home.
    pub(super) country: &'static str,
    /// Its name in Kazakh, Russian and English.
    names: [&'static str; 3],
    /// What it says of itself.
    about: [&'static str; 3],
    /// What kind of organisation it is.
    form: &'static str,
    /// Its fields of work (ICNP/TSO).
    sectors: &'static str,
    /// The year it was founded.
    founded: u16,
    /// Where it works, the place of its office first.
    places: &'static [Place],
    /// Which of the works it offers.
    works: &'static [usize],
    /// How many opportunities it starts with.
    pub(super) starts_with: usize,
}

/// Name, region, latitude, longitude.
type Place = (&'static str, &'static str, &'static str, &'static str);

/// The three.
pub(super) static CAST: [Cast; 3] = [
    Cast {
        name: "Steppe Volunteer Centre",
        country: "KZ",
        names: [
            "Дала еріктілер орталығы",
            "Степной центр волонтёров",
            "Steppe Volunteer Centre",
        ],
        about: [
            "Қалалар мен ауылдарда еріктілерді мектептермен, кітапханалармен және ауруханалармен табыстырамыз.",
            "Сводим волонтёров со школами, библиотеками и больницами в городах и сёлах.",
            "We bring volunteers together with schools, libraries and hospitals in towns and villages.",
        ],
        form: "volunteer_centre",
        sectors: "B; D; E",
        founded: 2009,
        places: &[
            ("Алматы", "KZ-75", "43.2567", "76.9286"),
            ("Астана", "KZ-71", "51.1694", "71.4491"),
            ("Шымкент", "KZ-79", "42.3174", "69.5901"),
            ("Қарағанды", "KZ-35", "49.8047", "73.1094"),
            ("Түркістан", "KZ-61", "43.2973", "68.2518"),
            ("Өскемен", "KZ-63", "49.9483", "82.6279"),
            ("Атырау", "KZ-23", "47.1164", "51.8830"),
        ],
        works: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        starts_with: 40,
    },
    Cast {
        name: "Mountain Rescue Friends",
        country: "KG",
        names: [
            "Тау құтқарушыларының достары",
            "Друзья горных спасателей",
            "Mountain Rescue Friends",
        ],
        about: [
            "Таудағы іздеу-құтқару жасақтарына көмектесеміз, алғашқы көмекке үйретеміз, соқпақтарды күтеміз.",
            "Помогаем поисково-спасательным отрядам в горах, учим первой помощи, следим за тропами.",
            "We support search and rescue teams in the mountains, teach first aid and look after the trails.",
        ],
        form: "nonprofit",
        sectors: "D; C",
        founded: 2014,
        places: &[
            ("Бишкек", "KG-GB", "42.8746", "74.5698"),
            ("Каракол", "KG-Y", "42.4907", "78.3936"),
            ("Ош", "KG-GO", "40.5140", "72.8161"),
            ("Нарын", "KG-N", "41.4287", "75.9911"),
        ],
        works: &[10, 11, 12, 4, 0],
        starts_with: 12,
    },
    Cast {
        name: "River Keepers",
        country: "UZ",
        names: ["Өзен сақшылары", "Хранители рек", "River Keepers"],
        about: [
            "Өзендер мен сулы-батпақты жерлерді бірге бақылап, тазалаймыз; балаларға су туралы айтып береміз.",
            "Вместе наблюдаем за реками и болотами, убираем берега, рассказываем детям о воде.",
            "Together we watch over rivers and wetlands, clean their banks and tell children about water.",
        ],
        form: "nonprofit",
        sectors: "E",
        founded: 2017,
        places: &[
            ("Toshkent", "UZ-TK", "41.2995", "69.2401"),
            ("Samarqand", "UZ-SA", "39.6542", "66.9597"),
            ("Nukus", "UZ-QR", "42.4619", "59.6166"),
            ("Termiz", "UZ-SU", "37.2242", "67.2783"),
        ],
        works: &[13, 9, 0, 14, 3],
        starts_with: 25,
    },
];

/// A kind of work.
struct Work {
    title: [&'static str; 3],
    text: [&'static str; 3],
    sector: &'static str,
    sdg: &'static str,
    remote: bool,
    emergency: bool,
    minutes: u16,
    youngest: u8,
}

const fn work(
    title: [&'static str; 3],
    text: [&'static str; 3],
    sector: &'static str,
    sdg: &'static str,
    minutes: u16,
) -> Work {
    Work {
        title,
        text,
        sector,
        sdg,
        remote: false,
        emergency: false,
        minutes,
        youngest: 16,
    }
}

impl Work {
    const fn remote(mut self) -> Self {
        self.remote = true;
        self
    }

    const fn emergency(mut self) -> Self {
        self.emergency = true;
        self.youngest = 18;
        self
    }
}

static WORKS: [Work; 15] = [
    work(
        ["Қарағаш пен терек көшеттерін отырғызу", "Посадка саженцев карагача и тополя", "Plant elm and poplar saplings"],
        ["Таңертең шұңқыр қазамыз, түске дейін көшет отырғызамыз. Күрек пен қолғап бізден, су мен бас киім ала келіңіз.",
         "Утром копаем лунки, до обеда сажаем. Лопаты и перчатки дадим, возьмите воду и головной убор.",
         "We dig in the morning and plant until noon. Spades and gloves are here; bring water and a hat."],
        "E", "13; 15", 240,
    ),
    work(
        ["Кітапханада балалармен бірге оқу", "Чтение с детьми в библиотеке", "Read with children at the library"],
        ["Аптасына бір рет бір сағат қазақша не орысша дауыстап оқимыз. Арнайы білім керек емес, шыдам керек.",
         "Раз в неделю час читаем вслух на казахском или русском. Особых знаний не нужно, нужно терпение.",
         "One hour a week of reading aloud in Kazakh or Russian. No training needed, only patience."],
        "B", "4", 60,
    ),
    work(
        ["Жалғызбасты қарттарға бару", "Посещение одиноких пожилых людей", "Visit older people who live alone"],
        ["Дүкенге барып келу, дәрі алу, бірге шай ішу. Екеуден барамыз.",
         "Сходить в магазин, купить лекарства, попить вместе чаю. Ходим по двое.",
         "A walk to the shop, medicine, tea together. We go in pairs."],
        "D", "3; 10", 120,
    ),
    work(
        ["Қалалық марафонда су тарату", "Пункт воды на городском марафоне", "Water point at the city marathon"],
        ["Он бесінші шақырымда су береміз, соңынан бөтелкелерді жинаймыз. Жейде мен тамақ беріледі.",
         "Раздаём воду на пятнадцатом километре, потом собираем бутылки. Футболка и обед за нами.",
         "Hand out water at kilometre fifteen, then collect the bottles. A shirt and lunch are on us."],
        "A", "3; 11", 300,
    ),
    work(
        ["Су тасқынынан зардап шеккендерге көмек жинау", "Сбор помощи пострадавшим от паводка", "Pack relief for families after the flood"],
        ["Қоймада жылы киім, тағам және гигиена жинақтарын сұрыптап, қораптаймыз. Ауысым алты сағат.",
         "На складе сортируем и упаковываем тёплые вещи, продукты и гигиенические наборы. Смена шесть часов.",
         "Sort and pack warm clothes, food and hygiene kits at the warehouse. A shift is six hours."],
        "D", "1; 11", 360,
    ).emergency(),
    work(
        ["Математикадан онлайн сабақ", "Онлайн-занятия по математике", "Teach mathematics online"],
        ["Ауыл мектептерінің 7–9 сынып оқушыларымен аптасына екі рет видео арқылы айналысамыз.",
         "Дважды в неделю по видеосвязи занимаемся с учениками 7–9 классов сельских школ.",
         "Twice a week by video with pupils of village schools, grades 7 to 9."],
        "B", "4; 10", 90,
    ).remote(),
    work(
        ["Мұражай жазуларын аудару", "Перевод надписей в музее", "Translate signs for the museum"],
        ["Қысқа мәтіндерді қазақ, орыс және ағылшын тілдеріне аударып, бір-бірімізді тексереміз.",
         "Переводим короткие тексты на казахский, русский и английский и проверяем друг друга.",
         "Short texts into Kazakh, Russian and English; we check each other's work."],
        "A", "4", 120,
    ).remote(),
    work(
        ["Азық-түлік қорында сұрыптау", "Сортировка в продовольственном фонде", "Sort groceries at the food bank"],
        ["Дүкендерден келген өнімдерді мерзіміне қарай бөлеміз, отбасыларға жинақ жасаймыз.",
         "Разбираем по срокам продукты из магазинов, собираем наборы для семей.",
         "Sort by date what shops have given, and make up boxes for families."],
        "D", "2; 12", 180,
    ),
    work(
        ["Мектеп ауласын жөндеу", "Ремонт школьного двора", "Mend a school's playground"],
        ["Орындықтарды бояймыз, құмсалғышты жаңалаймыз. Шебер үйретеді.",
         "Красим скамейки, обновляем песочницу. Мастер всё покажет.",
         "Paint the benches and renew the sandpit. A carpenter shows how."],
        "F", "4; 11", 240,
    ),
    work(
        ["Құстарды санау", "Учёт птиц на водоёмах", "Count birds at the wetlands"],
        ["Таң ата бақылау нүктесіне барамыз, санаймыз, жазып аламыз. Дүрбі мен анықтағыш береміз.",
         "На рассвете выходим к точкам наблюдения, считаем и записываем. Бинокль и определитель дадим.",
         "At dawn to the watch points: count and note. Binoculars and a guide are provided."],
        "E", "15", 240,
    ),
    work(
        ["Тау соқпағын жөндеу", "Ремонт горной тропы", "Repair a mountain trail"],
        ["Екі күн: таспен нығайтамыз, белгі қоямыз, қоқыс шығарамыз. Шатыр мен тамақ бізден.",
         "Два дня: укрепляем камнем, ставим указатели, выносим мусор. Палатки и еда за нами.",
         "Two days: stone steps, signs, litter out. Tents and food are on us."],
        "E", "15; 8", 960,
    ),
    work(
        ["Іздеу-құтқару жасағының штабында кезекшілік", "Дежурство в штабе поискового отряда", "Base camp duty with a search and rescue team"],
        ["Байланыста отырамыз, картаны жүргіземіз, топтарды тіркейміз. Нұсқама міндетті.",
         "Связь, карта, регистрация групп. Инструктаж обязателен.",
         "Radio, map, registering teams. The briefing is obligatory."],
        "D", "3; 11", 720,
    ).emergency(),
    work(
        ["Алғашқы көмек сабағына көмектесу", "Помощь на занятиях по первой помощи", "Help at first aid classes"],
        ["Жаттықтырушыға көмектесеміз: маникендер, таңу, рөлдік жаттығулар. Алдымен өзіңізді үйретеміз.",
         "Помогаем инструктору: манекены, повязки, ролевые упражнения. Сначала обучим вас.",
         "Assist the instructor with dummies, bandages and role play. We train you first."],
        "C", "3", 180,
    ),
    work(
        ["Өзен жағасын тазалау", "Уборка берега реки", "Clean the river bank"],
        ["Қап пен қолғап береміз; жиналған қоқысты өлшеп, түріне қарай бөлеміз.",
         "Мешки и перчатки дадим; собранное взвешиваем и сортируем.",
         "Bags and gloves are here; what we collect is weighed and sorted."],
        "E", "6; 14", 180,
    ),
    work(
        ["Мектепте су туралы сабақ", "Урок о воде в школе", "A lesson about water at school"],
        ["Дайын тәжірибелермен бір сағаттық сабақ өткіземіз. Мұғалім жаныңызда болады.",
         "Проводим часовой урок с готовыми опытами. Учитель рядом.",
         "An hour with ready-made experiments. The teacher stays in the room."],
        "B", "4; 6", 60,
    ),
];

/// Ways to say in which of the languages a text is.
const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
/// The first day of the first opportunity, counted from today, and how many days lie between two.
const FIRST_DAY: i64 = 5;
const STEP_DAYS: i64 = 3;
const DAY_SECONDS: i64 = 86_400;

/// A request that publishes what an organisation says of itself, in the card that its node has made: `card` is its id.
pub(super) fn organisation_request(cast: &Cast, organisation: &str, card: &str) -> Request {
    let (place, region, latitude, longitude) = cast.places[0];
    let mut set = vec![
        format!("id={organisation}"),
        format!("country={}", cast.country),
        format!("sectors={}", cast.sectors),
        format!("founded={}", cast.founded),
        format!("form={}", cast.form),
        "languages=kk; ru; en".to_owned(),
        format!("place.locality={place}"),
        format!("place.region={region}"),
        format!("place.country={}", cast.country),
        format!("place.latitude={latitude}"),
        format!("place.longitude={longitude}"),
    ];
    for (language, (name, about)) in LANGUAGES.iter().zip(cast.names.iter().zip(cast.about)) {
        set.push(format!("name.{language}={name}"));
        set.push(format!("description.{language}={about}"));
    }
    Request::post(
        "/v1/records",
        json!({"kind": "organisation", "id": card, "set": set}),
    )
}

/// A request that imports some of what an organisation offers.
pub(super) fn import_request(cast: &Cast, from: usize, count: usize) -> Request {
    const COLUMNS: [&str; 18] = [
        "number",
        "title.kk",
        "title.ru",
        "title.en",
        "description.kk",
        "description.ru",
        "description.en",
        "sectors",
        "sdg",
        "capacity",
        "remaining",
        "startDate",
        "minutes",
        "minimumAge",
        "languages",
        "place.locality",
        "place.region",
        "place.latitude",
    ];
    const MORE: [&str; 5] = [
        "place.longitude",
        "place.country",
        "allowsRemoteParticipation",
        "requiresEmergencyParticipation",
        "priority",
    ];
    let columns: Vec<&str> = COLUMNS.into_iter().chain(MORE).collect();
    let mut text = columns.join(",");
    text.push('\n');
    for number in from..from + count {
        let cells = row(cast, number);
        let quoted: Vec<_> = cells
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
            .collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
    }
    let mut map = "source = \"demo\"\nid = \"number\"\n[columns]\n".to_owned();
    for column in columns.iter().skip(1) {
        map.push_str(&format!("\"{column}\" = \"{column}\"\n"));
    }
    map.push_str("[constants]\nstatus = \"open\"\n");
    Request::post(
        "/v1/imports",
        json!({"text": text, "format": "csv", "map": map, "dry_run": false}),
    )
}

/// The cells of one opportunity, in the order of the columns.
fn row(cast: &Cast, number: usize) -> Vec<String> {
    let work = &WORKS[cast.works[number % cast.works.len()]];
    // A step that shares no factor with the number of works: the same work comes back at another place.
    let (place, region, latitude, longitude) =
        cast.places[(number + number / cast.works.len()) % cast.places.len()];
    let day = FIRST_DAY + STEP_DAYS * number as i64;
    let begins = clock::now().plus_seconds(day * DAY_SECONDS).date();
    let wanted = 6 + (number * 7) % 40;
    let languages = match cast.country {
        "KZ" => "kk; ru",
        "KG" => "ky; ru",
        _ => "uz; ru",
    };
    let mut cells = vec![format!("{}-{number}", cast.country)];
    cells.extend(work.title.map(str::to_owned));
    cells.extend(work.text.map(str::to_owned));
    cells.extend([
        work.sector.to_owned(),
        work.sdg.to_owned(),
        wanted.to_string(),
        (wanted * (1 + number % 4) / 5).to_string(),
        begins.to_string(),
        work.minutes.to_string(),
        work.youngest.to_string(),
        languages.to_owned(),
    ]);
    // Work from home has no place on the map.
    let at = |text: &str| {
        if work.remote {
            String::new()
        } else {
            text.to_owned()
        }
    };
    cells.extend([place, region, latitude, longitude, cast.country].map(at));
    cells.extend([work.remote, work.emergency, number % 9 == 4].map(|yes| yes.to_string()));
    cells
}
