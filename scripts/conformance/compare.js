// What was expected against what came. Lists compare as sets; only what is expected is looked at.

/** One line for each expected value that came otherwise. */
function differences(expected, got) {
  return Object.keys(expected)
    .filter((key) => !isSame(expected[key], got[key]))
    .map((key) => `${key}: expected ${show(expected[key])}, got ${show(got[key])}`);
}

function show(value) {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function isSame(expected, got) {
  if (Array.isArray(expected)) return Array.isArray(got) && isSameSet(expected, got);
  if (typeof expected !== 'object' || expected === null) return expected === got;
  if (typeof got !== 'object' || got === null || Array.isArray(got)) return false;
  const keys = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...keys].every((key) => isSame(expected[key], got[key]));
}

function isSameSet(expected, got) {
  const isIn = (list, value) => list.some((one) => isSame(value, one));
  return expected.every((one) => isIn(got, one)) && got.every((one) => isIn(expected, one));
}

module.exports = { differences };
