import fc from "fast-check";
import { expect, test } from "vitest";
import { fitted, kept, zoomed } from "@/pictures/zoom";

const side = fc.integer({ min: 16, max: 4000 });
const size = fc.record({ width: side, height: side });
const place = fc.double({ min: -2000, max: 2000, noNaN: true });
const view = fc.record({ scale: fc.double({ min: 1, max: 16, noNaN: true }), x: place, y: place });

test("the point under the pointer stays under it", () => {
  fc.assert(
    fc.property(view, fc.double({ min: 1, max: 16, noNaN: true }), place, place, (before, scale, x, y) => {
      const after = zoomed(before, scale, x, y);
      // Where on the unscaled picture the pointer is.
      expect((x - after.x) / after.scale).toBeCloseTo((x - before.x) / before.scale, 6);
      expect((y - after.y) / after.scale).toBeCloseTo((y - before.y) / before.scale, 6);
    }),
  );
});

test("a picture cannot be moved out of its window", () => {
  fc.assert(
    fc.property(view, size, size, (wanted, picture, window) => {
      const base = fitted(picture, window);
      const { scale, x, y } = kept(wanted, base, window, 8);
      expect(base.width).toBeLessThanOrEqual(window.width + 1e-6);
      expect(base.height).toBeLessThanOrEqual(window.height + 1e-6);
      expect(Math.abs(x)).toBeLessThanOrEqual(Math.max(0, (base.width * scale - window.width) / 2) + 1e-6);
      expect(Math.abs(y)).toBeLessThanOrEqual(Math.max(0, (base.height * scale - window.height) / 2) + 1e-6);
      expect(scale).toBeGreaterThanOrEqual(1);
      expect(scale).toBeLessThanOrEqual(8);
    }),
  );
});
