// Two prompts beside each other.

/**
 * For each word of `two`, its place in `one`, or null where the prompts differ (longest common subsequence).
 * @param {string[]} one @param {string[]} two
 */
export function sameWords(one, two) {
  const length = Array.from({ length: one.length + 1 }, () => new Array(two.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = two.length - 1; j >= 0; j--) {
      length[i][j] = one[i] === two[j] ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  /** @type {(number | null)[]} */
  const places = new Array(two.length).fill(null);
  for (let i = 0, j = 0; i < one.length && j < two.length; ) {
    if (one[i] === two[j]) places[j++] = i++;
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return places;
}
