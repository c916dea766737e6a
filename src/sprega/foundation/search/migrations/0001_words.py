"""How a text becomes searchable words, in English, Bulgarian, and Bulgarian in Latin letters.

PostgreSQL knows no Bulgarian. A Bulgarian word is written in Latin letters (the law of 2009), then its ending goes:
what is left of all forms of a word is the same, which is all that a search needs. The idea of an inflectional
stemmer is P. Nakov's (BulStem, 2003); his learned rules are not used.

The functions are bound when they are made (BEGIN ATOMIC), so a restore and an index need no search path. Whoever
changes them later computes the columns that rest on `search_vector` anew, in the same migration.
"""

from django.db import migrations

FUNCTIONS = """
-- Lower case, in Latin letters, without accents. An i before a y is written once: Sofia, Sofiya.
CREATE FUNCTION search_latin(told text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT replace(replace(regexp_replace(normalize(translate(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(
            lower(normalize(told, NFC)),
            'щ', 'sht'), 'ж', 'zh'), 'ц', 'ts'), 'ч', 'ch'), 'ш', 'sh'), 'ю', 'yu'), 'я', 'ya'), 'ё', 'yo'), 'ß', 'ss'),
        'абвгдезийклмнопрстуфхъьѝыэ', 'abvgdeziyklmnoprstufhayiye'), NFKD), '[\\u0300-\\u036f]', '', 'g'),
        'iy', 'i'), 'balgar', 'bulgar');
END;

-- Bulgarian words, in Latin letters, without their endings.
CREATE FUNCTION search_stems(latin text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(latin,
        '([a-z]{3})(?:ov|ev)e(?:te)?\\M', '\\1', 'g'),  -- членове, броевете
        '([a-z]{3,}?)[aeiouyt]+\\M', '\\1', 'g'),       -- gender, number and article: покупка, покупките
        'ts\\M', 'k', 'g'),                             -- доставчици, доставчик
        'z\\M', 'g', 'g'),                              -- технолози, технолог
        '([a-z]{3})[ea]([nrlmk])\\M', '\\1\\2', 'g');   -- център, центрове; енергиен, енергийни
END;

-- The words of a text with their places. What is Bulgarian begins with 0, what Latin letters may mean in Bulgarian
-- with 1, so that English and Bulgarian words do not meet by chance. Frequent English words have no lexeme.
CREATE FUNCTION search_lexemes(
    told text, OUT place bigint, OUT word text, OUT latin text, OUT lexeme text, OUT stem text
) RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT t.place, t.word, t.latin,
        CASE WHEN t.word ~ '[Ѐ-ӿ]' THEN t.word ELSE (ts_lexize('english_stem', t.latin))[1] END,
        CASE WHEN t.word ~ '[0-9]' THEN NULL WHEN t.word ~ '[Ѐ-ӿ]' THEN '0' || t.stem ELSE '1' || t.stem END
    FROM (
        SELECT trim(regexp_replace(lower(normalize(left(told, 100000), NFC)), '[^[:alnum:]]+', ' ', 'g')) AS bare
    ) AS b
    CROSS JOIN LATERAL (SELECT search_latin(b.bare) AS latin) AS l
    CROSS JOIN LATERAL (
        SELECT u.place, left(u.word, 60) AS word, left(u.latin, 60) AS latin, left(u.stem, 60) AS stem
        FROM unnest(
            string_to_array(b.bare, ' '), string_to_array(l.latin, ' '), string_to_array(search_stems(l.latin), ' ')
        ) WITH ORDINALITY AS u(word, latin, stem, place)
    ) AS t;
END;

CREATE FUNCTION search_vector(told text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(string_agg(concat_ws(' ', l.lexeme || ':' || l.place, l.stem || ':' || l.place), ' '), '')::tsvector
    FROM search_lexemes(told) AS l;
END;
"""

BACK = """
DROP FUNCTION search_vector(text);
DROP FUNCTION search_lexemes(text);
DROP FUNCTION search_stems(text);
DROP FUNCTION search_latin(text);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
