//! The lists that an opportunity chooses from.

use crate::field::{Choice, choice};

/// Whether volunteers are wanted.
pub static STATUSES: [Choice; 5] = [
    choice("open", "Ашық", "Открыто", "Open"),
    choice("paused", "Уақытша тоқтатылған", "Приостановлено", "Paused"),
    choice("full", "Орын толды", "Мест нет", "Full"),
    choice("closed", "Жабық", "Закрыто", "Closed"),
    choice("cancelled", "Өткізілмейді", "Отменено", "Cancelled"),
];

/// How often it takes place.
pub static RECURRENCES: [Choice; 3] = [
    choice("onetime", "Бір рет", "Один раз", "Once"),
    choice("recurring", "Белгілі күндері", "По определённым дням", "On set days"),
    choice("ongoing", "Үнемі", "Постоянно", "All the time"),
];

/// What is checked before a volunteer starts.
pub static CHECKS: [Choice; 8] = [
    choice("identity", "Жеке басын тексеру", "Проверка личности", "Identity"),
    choice("criminal_record", "Соттылығы туралы анықтама", "Справка о несудимости", "Criminal record"),
    choice("references", "Ұсынымдар", "Рекомендации", "References"),
    choice("medical", "Дәрігерлік тексеру", "Медосмотр", "Medical"),
    choice("training", "Оқудан өту", "Обучение", "Training"),
    choice("safety_briefing", "Қауіпсіздік нұсқамасы", "Инструктаж по безопасности", "Safety briefing"),
    choice("driving_licence", "Жүргізуші куәлігі", "Водительские права", "Driving licence"),
    choice("guardian_consent", "Ата-ана келісімі", "Согласие родителей", "Guardian's consent"),
];

/// How dangerous the work is.
pub static HAZARDS: [Choice; 4] = [
    choice("none", "Қауіпсіз", "Не опасно", "None"),
    choice("low", "Аз", "Низкая", "Low"),
    choice("medium", "Орташа", "Средняя", "Medium"),
    choice("high", "Жоғары", "Высокая", "High"),
];

/// People whom the work may touch and who need protection.
pub static VULNERABILITIES: [Choice; 8] = [
    choice("none", "Жоқ", "Нет", "None"),
    choice("children", "Балалар", "Дети", "Children"),
    choice("older_people", "Қарттар", "Пожилые люди", "Older people"),
    choice("disability", "Мүгедектігі бар адамдар", "Люди с инвалидностью", "People with disabilities"),
    choice("patients", "Науқастар", "Больные", "Patients"),
    choice("refugees", "Босқындар", "Беженцы", "Refugees"),
    choice("disaster_affected", "Апаттан зардап шеккендер", "Пострадавшие от бедствия", "People hit by a disaster"),
    choice("detained", "Қамаудағылар", "Заключённые", "People in detention"),
];

/// What volunteers are insured against.
pub static COVERS: [Choice; 7] = [
    choice("accident", "Жазатайым оқиға", "Несчастный случай", "Accident"),
    choice("illness", "Ауру", "Болезнь", "Illness"),
    choice("third_party_liability", "Үшінші тұлғаға залал", "Ответственность перед третьими лицами", "Liability to third parties"),
    choice("medical", "Емдеу шығындары", "Медицинские расходы", "Medical costs"),
    choice("repatriation", "Еліне қайтару", "Репатриация", "Repatriation"),
    choice("death", "Қайтыс болу", "Смерть", "Death"),
    choice("disability", "Мүгедектік", "Инвалидность", "Disability"),
];

/// What the organisation pays for.
pub static EXPENSES: [Choice; 7] = [
    choice("travel", "Жол", "Проезд", "Travel"),
    choice("meals", "Тамақ", "Питание", "Meals"),
    choice("accommodation", "Тұратын жер", "Проживание", "Accommodation"),
    choice("equipment", "Құрал-жабдық", "Снаряжение", "Equipment"),
    choice("training", "Оқу", "Обучение", "Training"),
    choice("visa", "Виза", "Виза", "Visa"),
    choice("none", "Ештеңе", "Ничего", "Nothing"),
];
