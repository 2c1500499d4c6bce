// exp(x^2) erfc(x) for the inner loop: Cody's rational approximations (1969). The library's function is as accurate but
// takes a third longer (52 against 38 ns, three times per node); a test holds both together to 1e-15.

const INVERSE_ROOT_PI = 0.5641895835477563

/** exp(x^2) erfc(x). Overflows to infinity below -26.6. */
export function fastErfcx(x: number): number {
  if (x > 4) return far(x)
  if (x >= 0.46875) return middle(x)
  if (x > -0.46875) return Math.exp(x * x) * (1 - nearErf(x))
  const other = x < -4 ? far(-x) : middle(-x)
  return 2 * Math.exp(x * x) - other
}

/** erf(x) near zero. */
function nearErf(x: number): number {
  const y = x * x
  let above = 0.18577770618460315 * y
  let below = y
  above = (above + 3.1611237438705655) * y
  below = (below + 23.601290952344122) * y
  above = (above + 113.86415415105016) * y
  below = (below + 244.02463793444417) * y
  above = (above + 377.485237685302) * y
  below = (below + 1282.6165260773723) * y
  return (x * (above + 3209.3775891384694)) / (below + 2844.236833439171)
}

/** From 0.46875 to 4. */
function middle(x: number): number {
  let above = 2.1531153547440383e-8 * x
  let below = x
  above = (above + 0.5641884969886701) * x
  below = (below + 15.744926110709835) * x
  above = (above + 8.883149794388377) * x
  below = (below + 117.6939508913125) * x
  above = (above + 66.11919063714163) * x
  below = (below + 537.1811018620099) * x
  above = (above + 298.6351381974001) * x
  below = (below + 1621.3895745666903) * x
  above = (above + 881.952221241769) * x
  below = (below + 3290.7992357334597) * x
  above = (above + 1712.0476126340707) * x
  below = (below + 4362.619090143247) * x
  above = (above + 2051.0783778260716) * x
  below = (below + 3439.3676741437216) * x
  return (above + 1230.3393547979972) / (below + 1230.3393548037495)
}

/** Beyond 4. */
function far(x: number): number {
  const s = 1 / (x * x)
  let above = 0.016315387137302097 * s
  let below = s
  above = (above + 0.30532663496123236) * s
  below = (below + 2.568520192289822) * s
  above = (above + 0.36034489994980445) * s
  below = (below + 1.8729528499234604) * s
  above = (above + 0.12578172611122926) * s
  below = (below + 0.5279051029514285) * s
  above = (above + 0.016083785148742275) * s
  below = (below + 0.06051834131244132) * s
  const rest = (s * (above + 0.0006587491615298378)) / (below + 0.0023352049762686918)
  return (INVERSE_ROOT_PI - rest) / x
}
