// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestToken} from "../../src/devnet/TestToken.sol";
import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {IRiskParameters} from "../../src/interfaces/IRiskParameters.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Test} from "../support/Test.sol";
import {SettableCounter} from "./SettableCounter.sol";

/// @notice An engine chain: two perpetuals and six options, WETH and WBTC in two vaults, three publishers. Everything
/// but the proof of a deposit is what ships. It governs itself.
contract World is Test {
    uint256 public constant FEEDS = 8;
    uint8 public constant ETH = 0;
    uint8 public constant BTC = 1;
    uint256 public constant DOLLAR = 1e6;
    uint64 public constant ETH_PRICE = 2_000e8;
    uint64 public constant BTC_PRICE = 60_000e8;
    uint64 public constant OPTION_PRICE = 100e8;
    uint16 public constant CONFIDENCE = 20;

    bytes32 private constant ENTRY = keccak256("Entry(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)");
    bytes32 private constant BATCH = keccak256(
        "Batch(uint48 sequence,uint48 validUntil,Entry[] entries)Entry(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)"
    );
    bytes32 private constant OFFER = keccak256(
        "Offer(address provider,address beneficiary,address bidder,address account,uint16 rate,uint128 maxCash,uint48 validUntil,uint256 nonce)"
    );

    address public immutable authority;
    TestToken public immutable cash;
    TestToken public immutable bondToken;
    TestToken public immutable weth;
    TestToken public immutable wbtc;
    IAgentRegistry public immutable registry;
    IPriceBook public immutable book;
    IMarginEngine public immutable engine;
    SettableCounter public immutable source;
    IVaultMirror public immutable fast;
    IVaultMirror public immutable slow;
    ILiquidationAuction public immutable auction;
    IRiskParameters public immutable risk;
    ICreditLines public immutable lines;

    uint256[3] public publishers;
    uint64[8] public prices;
    uint48 public sequence;
    uint256 private _people = 1000;

    constructor() {
        authority = deploy("AccessManager", abi.encode(address(this)));
        cash = token("Dollar", 6);
        bondToken = token("Bond", 18);
        weth = token("WETH", 18);
        wbtc = token("WBTC", 8);
        registry = IAgentRegistry(
            deploy("AgentRegistry", abi.encode(authority, bondToken, uint128(1e18), uint64(60), address(this)))
        );
        book = IPriceBook(deploy("PriceBook", abi.encode(authority, uint256(2), uint48(60_000), uint16(1000))));
        engine = IMarginEngine(deploy("MarginEngine", abi.encode(authority, cash, book, uint16(15_000), uint16(5))));
        source = new SettableCounter();
        fast = IVaultMirror(deploy("VaultMirror", abi.encode(authority, source, address(1), mirrorTerms())));
        slow = IVaultMirror(deploy("VaultMirror", abi.encode(authority, source, address(2), mirrorTerms())));
        risk = IRiskParameters(deploy("RiskParameters", abi.encode(authority, engine, uint48(1 days), riskBounds())));
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        auction =
            ILiquidationAuction(deploy("LiquidationAuction", abi.encode(engine, predicted, registry, auctionTerms())));
        lines = ICreditLines(deploy("CreditLines", abi.encode(engine, auction, risk)));
        publishers = sorted([uint256(11), 12, 13]);
        govern();
        prices =
            [ETH_PRICE, BTC_PRICE, OPTION_PRICE, OPTION_PRICE, OPTION_PRICE, OPTION_PRICE, OPTION_PRICE, OPTION_PRICE];
        push();
    }

    function mirrorTerms() public pure returns (IVaultMirror.Terms memory) {
        return IVaultMirror.Terms({staleAfter: 1 days, resetDelay: 1 days});
    }

    function auctionTerms() public pure returns (ILiquidationAuction.Terms memory) {
        return ILiquidationAuction.Terms({
            startDiscount: 100,
            discountPerSecond: 25,
            maxDiscount: 3000,
            target: 12_000,
            bondedSeconds: 2,
            insolventSeconds: 60,
            dust: 10e18,
            reserveSeconds: 3,
            reserveBond: 0.5e18
        });
    }

    /// @notice What the published risk parameters may be at most, and how far they move in a day.
    function riskBounds() public pure returns (IRiskParameters.Bounds memory) {
        return IRiskParameters.Bounds({
            highest: IRiskParameters.Levels({gap: 4_000, premium: 5_000, fee: 2_000}),
            daily: IRiskParameters.Levels({gap: 500, premium: 2_000, fee: 400})
        });
    }

    /// @notice A new person's address, never used before.
    function person() public returns (address) {
        return vm.addr(++_people);
    }

    /// @notice An account with cash in whole dollars.
    function trader(IMarginEngine.Mode mode, uint256 dollars) public returns (address account) {
        account = person();
        vm.prank(account);
        engine.open(0, mode);
        if (dollars > 0) deposit(account, dollars * DOLLAR);
    }

    /// @notice A bonded agent's executor: an account of its own in cross mode.
    function agent(uint256 dollars) external returns (address bidder) {
        bidder = trader(IMarginEngine.Mode.CROSS, dollars);
        bondToken.mint(address(this), 1e18);
        bondToken.approve(address(registry), 1e18);
        registry.bond(bidder, 1e18);
    }

    function deposit(address account, uint256 amount) public {
        cash.mint(address(this), amount);
        cash.approve(address(engine), amount);
        engine.depositCash(account, amount);
    }

    /// @notice Collateral locked on the vault chain and proven here.
    function credit(address account, uint8 id, uint256 amount) external {
        IMarginEngine.Collateral memory collateral = engine.collaterals(id);
        IVaultMirror mirror = IVaultMirror(collateral.mirror);
        source.set(mirror.credited(account, collateral.asset) + amount);
        mirror.prove(account, collateral.asset, "");
    }

    function trade(address account, uint8 instrument, int128 size) external {
        vm.prank(account);
        engine.trade(account, instrument, size, size > 0 ? type(uint64).max : 0);
    }

    /// @notice A new price of one feed, confirmed by every publisher.
    function move(uint16 feed, uint64 price) external {
        prices[feed] = price;
        push();
    }

    /// @notice A new price of one feed, confirmed by the bare quorum.
    function moveByQuorum(uint16 feed, uint64 price) external {
        prices[feed] = price;
        book.push(batches(2, FEEDS));
    }

    function push() public {
        book.push(batches(3, FEEDS));
    }

    /// @notice Current prices of the first `feeds` feeds, as the first `count` publishers sign them now.
    function batches(uint256 count, uint256 feeds) public returns (IPriceBook.Batch[] memory signed) {
        uint48 now_ = uint48(block.timestamp * 1000);
        sequence = now_ > sequence ? now_ : sequence + 1;
        signed = new IPriceBook.Batch[](count);
        for (uint256 i; i < count; ++i) {
            signed[i].sequence = sequence;
            signed[i].validUntil = now_ + 30_000;
            signed[i].entries = entries(feeds);
            signed[i] = sign(publishers[i], signed[i]);
        }
    }

    function entries(uint256 feeds) public view returns (IPriceBook.Entry[] memory all) {
        all = new IPriceBook.Entry[](feeds);
        for (uint16 feed; feed < feeds; ++feed) {
            all[feed] = IPriceBook.Entry(feed, prices[feed], CONFIDENCE, feed < 2 ? 0 : ramp(75));
        }
    }

    function sign(uint256 key, IPriceBook.Batch memory batch) public view returns (IPriceBook.Batch memory) {
        bytes32[] memory hashes = new bytes32[](batch.entries.length);
        for (uint256 i; i < hashes.length; ++i) {
            IPriceBook.Entry memory entry = batch.entries[i];
            hashes[i] = keccak256(abi.encode(ENTRY, entry.feed, entry.price, entry.confidence, entry.shocks));
        }
        bytes32 list_ = keccak256(abi.encodePacked(hashes));
        bytes32 message = keccak256(abi.encode(BATCH, batch.sequence, batch.validUntil, list_));
        batch.signature = signature(key, digest("Lienmesh PriceBook", address(book), message));
        return batch;
    }

    function signOffer(uint256 key, ICreditLines.Offer memory offer) external view returns (bytes memory) {
        bytes32 message = keccak256(abi.encode(OFFER, offer));
        return signature(key, digest("Lienmesh CreditLines", address(lines), message));
    }

    /// @notice 16 shocks from -8 to +7 steps.
    function ramp(int256 step) public pure returns (uint256 packed) {
        for (uint256 s; s < 16; ++s) {
            packed |= uint256(uint16(int16((int256(s) - 8) * step))) << (16 * s);
        }
    }

    function digest(string memory name, address verifier, bytes32 message) public view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function govern() private {
        for (uint256 i; i < 3; ++i) {
            book.setPublisher(vm.addr(publishers[i]), true);
        }
        fast.setModule(address(engine), true);
        slow.setModule(address(engine), true);
        fast.setModule(address(lines), true);
        slow.setModule(address(lines), true);
        engine.setModule(address(auction), true);
        engine.setModule(address(lines), true);
        registry.setModule(address(auction), true);
        list(IMarginEngine.Kind.PERPETUAL, ETH, ETH, ramp(190));
        list(IMarginEngine.Kind.PERPETUAL, BTC, BTC, ramp(150));
        for (uint16 feed = 2; feed < 8; ++feed) {
            list(IMarginEngine.Kind.OPTION, feed, feed % 2, 0);
        }
        engine.listCollateral(IMarginEngine.Collateral(address(fast), address(weth), ETH, 18, 1000, 300));
        engine.listCollateral(IMarginEngine.Collateral(address(fast), address(wbtc), BTC, 8, 1000, 300));
        engine.listCollateral(IMarginEngine.Collateral(address(slow), address(weth), ETH, 18, 1000, 800));
        engine.listCollateral(IMarginEngine.Collateral(address(slow), address(wbtc), BTC, 8, 1000, 800));
    }

    function list(IMarginEngine.Kind kind, uint16 mark, uint16 underlying, uint256 shocks) private {
        engine.listInstrument(IMarginEngine.Instrument(kind, mark, underlying, 100, shocks));
    }

    function token(string memory symbol, uint8 decimals) private returns (TestToken) {
        return TestToken(deploy("TestToken", abi.encode(symbol, symbol, decimals)));
    }

    /// @dev Publishers sign in ascending order of address.
    function sorted(uint256[3] memory keys) private pure returns (uint256[3] memory) {
        for (uint256 i; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
        return keys;
    }
}
