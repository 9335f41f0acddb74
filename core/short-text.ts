/**
 * A text of at most about `longest` UTF-16 units, with a note of how many were left out. Of a longer one its beginning stays, and a
 * quarter from its end, where a stack trace has its frames. No character is cut in two.
 */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const tail = Math.floor(longest / 4);
  const start = text.slice(0, longest - tail);
  const end = text.slice(text.length - tail);
  const leftOut = (text.length - start.length - end.length).toLocaleString('en');
  return `${whole(start)}… (${leftOut} characters left out) …${whole(end)}`;
}

// Half a character at an end becomes U+FFFD.
const whole = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());
