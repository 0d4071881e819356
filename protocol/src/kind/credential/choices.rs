//! The lists that a credential chooses from.

use crate::field::{Choice, Code, choice};

/// What was achieved: those of the standard that volunteering needs.
pub static ACHIEVEMENT_TYPES: [Choice; 11] = [
    choice("CommunityService", "Қоғамдық қызмет", "Общественная работа", "Community service"),
    choice("Badge", "Төсбелгі", "Значок", "Badge"),
    choice("Certificate", "Сертификат", "Сертификат", "Certificate"),
    choice("CertificateOfCompletion", "Аяқтау сертификаты", "Сертификат об окончании", "Certificate of completion"),
    choice("Certification", "Сертификаттау", "Сертификация", "Certification"),
    choice("Competency", "Біліктілік", "Компетенция", "Competency"),
    choice("Course", "Курс", "Курс", "Course"),
    choice("License", "Рұқсат", "Лицензия", "Licence"),
    choice("Membership", "Мүшелік", "Членство", "Membership"),
    choice("MicroCredential", "Микробіліктілік", "Микроквалификация", "Micro-credential"),
    choice("Award", "Марапат", "Награда", "Award"),
];

/// How far a result has come.
pub static RESULT_STATUSES: [Choice; 7] = [
    choice("Completed", "Аяқталды", "Завершено", "Completed"),
    choice("Enrolled", "Тіркелді", "Зачислен", "Enrolled"),
    choice("Failed", "Өтпеді", "Не сдано", "Failed"),
    choice("InProgress", "Жүріп жатыр", "В процессе", "In progress"),
    choice("OnHold", "Кідіртілді", "Приостановлено", "On hold"),
    choice("Provisional", "Алдын ала", "Предварительно", "Provisional"),
    choice("Withdrew", "Бас тартты", "Отказался", "Withdrew"),
];

/// The type of a result: a term of the standard, or an extension of it.
pub(super) static RESULT_TYPE: Code = Code::new(
    "Open Badges ResultType",
    "^(ext:)?[A-Za-z][A-Za-z0-9_.-]{0,63}$",
    "a result type such as Result, or one that begins with ext:",
    "Result",
    |text| is_word(text.strip_prefix("ext:").unwrap_or(text)),
);

/// The type of an alignment's target: a term of the standard, some with the prefix of another, or an extension.
pub(super) static TARGET_TYPE: Code = Code::new(
    "Open Badges AlignmentTargetType",
    "^([a-z]{1,16}:)?[A-Za-z][A-Za-z0-9_.-]{0,63}$",
    "a target type such as ceasn:Competency or CFItem, or one that begins with ext:",
    "ceasn:Competency",
    |text| match text.split_once(':') {
        Some((prefix, word)) => {
            (1..=16).contains(&prefix.len())
                && prefix.bytes().all(|byte| byte.is_ascii_lowercase())
                && is_word(word)
        }
        None => is_word(text),
    },
);

fn is_word(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}
