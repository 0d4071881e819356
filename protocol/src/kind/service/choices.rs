//! The lists that service given chooses from. They are closed where reports decide by them what counts.

use crate::field::{Choice, choice};

/// Whose time it was. Unpaid and free in the sense of the ILO: the first, and a stipend below a third of the local wage.
pub static TIME_BASES: [Choice; 6] = [
    choice("own_unpaid", "Өз уақыты, ақысыз", "Своё время, без оплаты", "Own time, unpaid"),
    choice("employer_paid_time", "Жұмыс беруші төлеген уақыт", "Время, оплаченное работодателем", "Time paid by the employer"),
    choice("compulsory_service", "Міндетті қызмет", "Обязательная служба", "Compulsory service"),
    choice("court_ordered", "Сот тағайындаған жұмыс", "Работы по решению суда", "Ordered by a court"),
    choice("training_required", "Оқу бағдарламасының талабы", "Требование учебной программы", "Required by a course of study"),
    choice("stipend", "Шәкіртақымен", "За стипендию", "With a stipend"),
];

/// Whom it was for.
pub static RELATIONS: [Choice; 3] = [
    choice("unrelated", "Бөгде адамдар", "Посторонние люди", "Unrelated people"),
    choice("own_household", "Өз үйі", "Своё домохозяйство", "Own household"),
    choice("related_family", "Туыстары", "Родственники", "Related family"),
];

/// Through whom it was given.
pub static FORMS: [Choice; 2] = [
    choice("organisation_based", "Ұйым арқылы", "Через организацию", "Through an organisation"),
    choice("direct", "Тікелей", "Напрямую", "Direct"),
];

/// What kind of unit it was given to.
pub static INSTITUTIONAL_SECTORS: [Choice; 5] = [
    choice("nonprofit", "Коммерциялық емес ұйым", "Некоммерческая организация", "Non-profit"),
    choice("government", "Мемлекет", "Государство", "Government"),
    choice("corporation", "Кәсіпорын", "Предприятие", "Corporation"),
    choice("household", "Үй шаруашылығы немесе қауымдастық", "Домохозяйство или община", "Household or community"),
    choice("other", "Басқа", "Другое", "Other"),
];

/// Age in completed years.
pub static AGE_GROUPS: [Choice; 7] = [
    choice("0-14", "15 жасқа толмаған", "Младше 15 лет", "Under 15"),
    choice("15-24", "15-тен 24 жасқа дейін", "15–24 года", "15 to 24"),
    choice("25-34", "25-тен 34 жасқа дейін", "25–34 года", "25 to 34"),
    choice("35-44", "35-тен 44 жасқа дейін", "35–44 года", "35 to 44"),
    choice("45-54", "45-тен 54 жасқа дейін", "45–54 года", "45 to 54"),
    choice("55-64", "55-тен 64 жасқа дейін", "55–64 года", "55 to 64"),
    choice("65+", "65 жас және одан үлкен", "65 лет и старше", "65 and over"),
];

/// Sex, as statistics ask for it.
pub static SEXES: [Choice; 3] = [
    choice("female", "Әйел", "Женский", "Female"),
    choice("male", "Ер", "Мужской", "Male"),
    choice("other", "Басқа", "Другой", "Other"),
];

/// Where the volunteer lives.
pub static SETTLEMENTS: [Choice; 2] = [
    choice("urban", "Қала", "Город", "Urban"),
    choice("rural", "Ауыл", "Село", "Rural"),
];

/// Who stands behind the hours, from the weakest.
pub static ASSURANCES: [Choice; 5] = [
    choice("self", "Еріктінің өз сөзі", "Со слов волонтёра", "Volunteer's own word"),
    choice("one_sided", "Ұйымның ғана сөзі", "Со слов одной организации", "Organisation's word alone"),
    choice("paper_carried", "Қағаздан көшірілген", "Перенесено с бумаги", "Carried over from paper"),
    choice("two_sided", "Екі жақ растаған", "Подтвердили обе стороны", "Both sides agree"),
    choice("device_evidenced", "Құрылғы белгілеген", "Отмечено устройством", "Evidenced by a device"),
];
