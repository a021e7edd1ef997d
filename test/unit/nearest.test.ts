import { nearest } from '../../src/grant/nearest';

const words = ['read', 'list', 'delete', 'authorize-session', 'no-op', 'read:self'];

describe('the word that was meant', () => {
  test.each([
    ['raed', 'read'],
    ['rea', 'read'],
    ['reaad', 'read'],
    ['lost', 'list'],
    ['dlete', 'delete'],
    ['authorise-session', 'authorize-session'],
    ['authorize_sesion', 'authorize-session'],
    ['read-self', 'read:self'],
  ])('is found with a slip: %s means %s', (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  test.each(['fly', '', 'x', 'red-list', 'authenticate', 'read'.repeat(1000)])(
    'is not guessed where none is near: %.20s',
    (word) => {
      expect(nearest(word, words)).toBeNull();
    },
  );
});
