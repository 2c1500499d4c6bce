// What only a role may call, by contract. A test compares this list with the sources, so that none is forgotten.

/** Functions behind `restricted`, as the deployed contract has them. */
export const RESTRICTED: Readonly<Record<string, readonly string[]>> = {
  AgentRegistry: ['setAttestor', 'setModule'],
  CollateralVault: ['list', 'setRateLimit', 'reset', 'setWitness', 'setLargeDelta'],
  Erc7786Source: ['pause', 'unpause'],
  InsuranceFund: ['setTranche'],
  MarginEngine: [
    ...['listInstrument', 'listSeries', 'setMaxFunding', 'listCollateral', 'setModule', 'setInsuranceFund'],
    ...['setGapLimit', 'setGap'],
  ],
  OpL1BlockSource: ['pause', 'unpause'],
  OptimisticSource: ['pause', 'unpause'],
  PriceBook: ['setPublisher'],
  ProviderPool: ['setLimits', 'setCap'],
  RiskParameters: ['propose', 'withdraw'],
  RootOracle: ['pause', 'unpause'],
  VaultMirror: ['setModule', 'setRateLimit', 'setCreditCap', 'reset', 'setWitness', 'setLargeDelta'],
}
